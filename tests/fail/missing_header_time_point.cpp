#include <crosspool/crosspool.hpp>

#include <chrono>

#ifdef CONTROL
#include <cereal/types/chrono.hpp>
#endif

std::chrono::system_clock::time_point run(int);

void call(crosspool::fork_pool& pool, std::vector<int> numbers) {
  auto times = pool.map(run, numbers); // here
}
// expect: result, std::chrono::time_point<std::chrono::
// expect: missing_cereal_header<std::chrono::time_point<
// expect: "cereal/types/chrono.hpp"
