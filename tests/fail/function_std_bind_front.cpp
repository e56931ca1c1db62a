#include <crosspool/crosspool.hpp>

#include "fault.hpp"

int run(int factor, int x);

void call(crosspool::fork_pool& pool, const std::vector<int>& numbers) {
  pool.map(FAULT(std::bind_front(run, 3), crosspool::bind(run, 3)), numbers); // here
}
// expect: function_state
// expect: wrapped_by_std<std::
// expect: Write crosspool::bind(f, state...)
