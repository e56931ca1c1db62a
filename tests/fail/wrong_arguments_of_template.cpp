// A function whose parameters nobody can tell.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

void call(crosspool::fork_pool& pool, const std::vector<std::string>& names) {
  const auto run = [](FAULT(std::integral, ) auto x) { return x; };
  auto results = pool.map(run, names); // here
}
// expect: the_function_cannot_be_called
// expect: cannot_take<std::
