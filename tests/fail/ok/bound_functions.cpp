#include <crosspool/crosspool.hpp>

#include <functional>

struct Settings {
  int level;
  std::string name;
};
int run(const Settings&, int);

void call(crosspool::fork_pool& pool, std::vector<int> numbers, const Settings& settings) {
  std::vector<int> a = pool.map(crosspool::bind(run, settings), numbers);
  std::vector<int> b = pool.map(crosspool::bind([](int state, int x) { return state + x; }, 2), numbers);
  std::vector<int> c = pool.map(crosspool::bind(crosspool::bind(std::plus<>()), 2), numbers);
  int d = pool.apply(crosspool::bind(run, settings, 1));
  static_cast<void>(d);
}
