#include <crosspool/crosspool.hpp>

#include "fault.hpp"

void call(crosspool::fork_pool& pool, std::vector<int> numbers) {
  int factor = 2;
  const auto run = [FAULT(factor, )](int x) { return FAULT(factor, 2) * x; };
  std::vector<int> results = pool.map(run, numbers); // here
}
// expect: can_cross<function_state,
// expect: capturing_lambda<
// expect: nobody can look into a lambda's captures
