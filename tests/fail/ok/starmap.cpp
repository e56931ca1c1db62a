#include <crosspool/crosspool.hpp>

int run(int, int);

void call(crosspool::spawn_pool& pool, const std::map<int, int>& table) {
  std::vector<int> a = pool.starmap(run, std::vector<std::pair<int, int>>{{1, 2}});
  std::vector<int> b = pool.starmap(run, std::vector<std::array<int, 2>>{{1, 2}});
  std::vector<int> c = pool.starmap(run, std::vector<std::tuple<int, int>>{{1, 2}});
  std::vector<int> d = pool.starmap(run, table);
  pool.starmap([](const std::string&) {}, std::vector<std::tuple<std::string>>(2));
}
