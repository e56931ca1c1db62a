#include <crosspool/crosspool.hpp>

#include "fault.hpp"

int run(FAULT(std::vector<int>, std::string));

int call(crosspool::fork_pool& pool, const std::vector<std::string>& names) {
  return pool.map_reduce(run, names, std::plus<>(), 0); // here
}
// expect: the_function_cannot_be_called
// expect: argument_does_not_fit<1, std::vector<int>, std::string>
