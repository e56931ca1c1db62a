// What is done with the result of a function that cannot be called adds no error: its signature says what it returns.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

std::string run(FAULT(std::vector<int>, int));
void note(const std::string&);

std::size_t call(crosspool::fork_pool& pool) {
  const auto result = pool.apply(run, 1); // here
  for (char each : result)
    note({each, 'x'});
  return result.substr(1).size();
}
// expect: the_function_cannot_be_called
// expect: argument_does_not_fit<1, std::vector<int
