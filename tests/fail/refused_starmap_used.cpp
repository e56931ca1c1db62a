#include <crosspool/crosspool.hpp>

#include "fault.hpp"

std::string run(FAULT(std::vector<int>, int));

std::size_t call(crosspool::fork_pool& pool) {
  return pool.starmap(run, std::vector<std::tuple<int>>{1}).front().length(); // here
}
// expect: the_function_cannot_be_called
// expect: argument_does_not_fit<1, std::vector<int>, int>
