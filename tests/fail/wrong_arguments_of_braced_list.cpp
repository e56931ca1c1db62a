#include <crosspool/crosspool.hpp>

#include "fault.hpp"

int run(FAULT(std::vector<int>, std::string));

void call(crosspool::fork_pool& pool) {
  std::vector<int> results = pool.map(run, {std::string("one"), std::string("two")}); // here
}
// expect: can_be_called_in_a_worker<
// expect: argument_does_not_fit<1, std::vector<int
