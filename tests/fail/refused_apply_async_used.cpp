#include <crosspool/crosspool.hpp>

#include "fault.hpp"

std::string run(FAULT(std::vector<int>, int));

std::size_t call(crosspool::fork_pool& pool) {
  return pool.apply_async(run, 1).get().length(); // here
}
// expect: the_function_cannot_be_called
// expect: argument_does_not_fit<1, std::vector<int>, int>
