#include <crosspool/crosspool.hpp>

#include <set>
#ifdef CONTROL
#include <cereal/types/set.hpp>
#endif

std::set<int> run(int);

void call(crosspool::fork_pool& pool, std::vector<int> numbers) {
  std::vector<std::set<int>> results = pool.map(run, numbers); // here
}
// expect: result, std::set<int
// expect: path<>, missing_cereal_header<std::set<int
// expect: "cereal/types/set.hpp"
