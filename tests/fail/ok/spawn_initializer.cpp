#include <crosspool/crosspool.hpp>

struct Settings {
  std::map<std::string, double> table;
};
void initialize(int&, const std::string&, const Settings&);
void consume(Settings&&, std::unique_ptr<int>);
struct Initialize {
  Settings settings;
  void operator()() const {}
};

void call(const Settings& settings) {
  crosspool::spawn_pool a(2, initialize, 1, "text", settings);
  crosspool::spawn_pool d(2, consume, settings, std::make_unique<int>(1));
  crosspool::spawn_pool b({.workers = 2}, Initialize{settings});
  crosspool::spawn_pool c(2, crosspool::bind([](const Settings&, int) {}, settings), 1);
}
