// Where the items decide, it is resolved, but what comes back is known too late.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

std::string run(int);
std::string run(double);

void call(crosspool::fork_pool& pool, const std::vector<int>& numbers) {
  auto results = pool.map(FAULT(run, static_cast<std::string (*)(int)>(run)), numbers); // here
}
// expect: overload_that_returns_what_it_takes<
// expect: overload_that_returns_what_it_takes
