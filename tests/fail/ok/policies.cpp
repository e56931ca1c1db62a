// The same code with each policy.
#include <crosspool/crosspool.hpp>

int run(const std::string&);

template <crosspool::policy P> std::vector<int> map_with(const std::vector<std::string>& names) {
  crosspool::pool<P> pool(2);
  return pool.map(run, names);
}
void call(const std::vector<std::string>& names) {
  map_with<crosspool::thread>(names);
  map_with<crosspool::fork>(names);
  map_with<crosspool::spawn>(names);
}
