// What is done with the results of a refused call adds no error.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

std::string run(FAULT(const int*, int));

std::size_t call(crosspool::fork_pool& pool, std::vector<FAULT(const int*, int)> numbers) {
  const auto results = pool.map(run, numbers); // here
  std::size_t sum = results.front().size();
  for (const std::string& each : results)
    sum += each.size();
  return sum;
}
// expect: map_argument<1>, const int*, path<>, raw_pointer<const int*>
// expect: a raw pointer means nothing in another process
