#include <crosspool/crosspool.hpp>

#include "fault.hpp"

int run(int, FAULT(std::vector<int>, std::string));

void call(crosspool::fork_pool& pool, std::vector<std::tuple<int, std::string>> rows) {
  std::vector<int> results = pool.starmap(run, rows); // here
}
// expect: can_be_called_in_a_worker<int (&)(int, std::vector<int
// expect: the function cannot be called with these arguments
