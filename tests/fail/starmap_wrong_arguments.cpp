#include <crosspool/crosspool.hpp>

#include "fault.hpp"

int run(int, FAULT(std::vector<int>, std::string));

void call(crosspool::fork_pool& pool, std::vector<std::tuple<int, std::string>> rows) {
  std::vector<int> results = pool.starmap(run, rows); // here
}
// expect: the_function_cannot_be_called
// expect: argument_does_not_fit<2, std::vector<int>, std::string>
