#include <crosspool/crosspool.hpp>

class Server {
public:
  explicit Server(int workers) : pool_(workers, [] {}) {}
  std::vector<int> squares(const std::vector<int>& numbers) {
    return pool_.map([](int x) { return x * x; }, numbers);
  }

private:
  crosspool::fork_pool pool_;
};
std::unique_ptr<crosspool::spawn_pool> make() {
  return std::make_unique<crosspool::spawn_pool>(2);
}
void call(Server& server) {
  server.squares({1, 2, 3});
  make()->terminate();
}
