// A list of strings is read; none travels.
#include <crosspool/crosspool.hpp>

#include <list>

double run(int, const std::string&, double);

void call(crosspool::fork_pool& pool, std::vector<int> a, std::list<std::string> b, std::array<double, 3> c) {
  std::vector<double> results = pool.map(run, a, b, c);
  crosspool::future<std::vector<double>> later = pool.map_async(run, a, std::move(b), c);
}
