// What is done with the result of a call that cannot be made adds no error.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

std::string run(FAULT(std::vector<int>, int));

std::size_t call(crosspool::fork_pool& pool, const std::vector<int>& numbers) {
  const auto results = pool.map(run, numbers); // here
  std::size_t sum = results.front().size();
  for (const std::string& each : results)
    sum += each.length();
  const std::string first = results[0];
  return first == results[1] ? sum : sum + 1;
}
// expect: the_function_cannot_be_called
// expect: argument_does_not_fit<1, std::vector<int>, int>
