// A function that makes functions.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

void call(crosspool::fork_pool& pool, std::vector<int> numbers) {
  const auto run = [](int x) { return [FAULT(x, )] { return FAULT(x, 1); }; };
  auto results = pool.map(run, numbers); // here
}
// expect: can_cross<result,
// expect: capturing_lambda<
// expect: nobody can look into a lambda's captures
