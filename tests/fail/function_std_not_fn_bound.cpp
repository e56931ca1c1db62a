#include <crosspool/crosspool.hpp>

#include "fault.hpp"

bool odd(int factor, int x);
bool even(int factor, int x);

void call(crosspool::fork_pool& pool, const std::vector<int>& numbers) {
  pool.map(crosspool::bind(FAULT(std::not_fn(odd), even), 3), numbers); // here
}
// expect: function_state
// expect: wrapped_by_std<std::
// expect: or write a lambda without captures
