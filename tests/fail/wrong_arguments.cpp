#include <crosspool/crosspool.hpp>

#include "fault.hpp"

int run(FAULT(std::vector<int>, std::string));

void call(crosspool::fork_pool& pool, std::vector<std::string> names) {
  std::vector<int> results = pool.map(run, names); // here
}
// expect: can_be_called_in_a_worker<int (&)(std::vector<int
// expect: the function cannot be called with these arguments
