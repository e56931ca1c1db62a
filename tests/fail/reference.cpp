// std::reference_wrapper: what a range of references holds.
#include <crosspool/crosspool.hpp>

#include <functional>

#include "fault.hpp"

using Number = FAULT(std::reference_wrapper<int>, int);
int run(int);

void call(crosspool::fork_pool& pool, std::vector<Number> numbers) {
  pool.map(run, numbers); // here
}
// expect: map_argument<1>, std::reference_wrapper<int>, path<>
// expect: reference<std::reference_wrapper<int>>
// expect: Hold a value, or use thread_pool
