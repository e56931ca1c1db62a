#include <crosspool/crosspool.hpp>

#include "fault.hpp"

int square(int x);

void call(crosspool::fork_pool& pool, std::vector<int> numbers) {
  int modulus = 7;
  const auto add = [FAULT(modulus, )](int a, int b) { return (a + b) % FAULT(modulus, 7); };
  pool.map_reduce(square, numbers, add, 0); // here
}
// expect: can_cross<reduction_state,
// expect: capturing_lambda<
// expect: nobody can look into a lambda's captures
