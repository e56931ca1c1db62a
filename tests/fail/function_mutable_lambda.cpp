// A lambda that counts.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

void call(crosspool::fork_pool& pool, std::vector<int> numbers) {
  auto run = [FAULT(sum = 0, )](int x) FAULT(mutable, ) { return FAULT(sum +=, ) x; };
  std::vector<int> results = pool.map(run, numbers); // here
}
// expect: can_cross<function_state,
// expect: capturing_lambda<
// expect: thread_pool takes any lambda
