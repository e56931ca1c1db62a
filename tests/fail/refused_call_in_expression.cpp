// A program that goes on with the result of a refused call, in the same expression, gets no second error.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

std::string run(FAULT(std::vector<int>, std::string));

std::size_t call(crosspool::fork_pool& pool, const std::string& name) {
  return pool.apply(run, name).length(); // here
}
// expect: can_be_called_in_a_worker<std::
// expect: the function cannot be called with these arguments
