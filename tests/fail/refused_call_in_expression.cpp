// A program that goes on with the result of a refused call, in the same expression, gets no second error.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

std::string run(FAULT(std::vector<int>, std::string));

std::size_t call(crosspool::fork_pool& pool, const std::string& name) {
  return pool.apply(run, name).length(); // here
}
// expect: the_function_cannot_be_called
// expect: argument_does_not_fit<1, std::vector<int
