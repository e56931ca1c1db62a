#include <crosspool/crosspool.hpp>

#include "fault.hpp"

int run(FAULT(std::vector<int>, std::string));

void call(crosspool::fork_pool& pool, std::vector<std::string> names) {
  std::vector<int> results = pool.map(run, names); // here
}
// expect: the_function_cannot_be_called
// expect: argument_does_not_fit<1, std::vector<int>, std::string>
