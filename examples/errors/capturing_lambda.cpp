// A lambda that captures: nobody, not even the compiler, can look into its captures from outside. bind() keeps the same
// state where it can be seen.
#include <crosspool/crosspool.hpp>

int main() {
  const int offset = 10;
  crosspool::fork_pool pool(2);
#ifndef REPAIRED
  auto sums = pool.map([offset](int x) { return x + offset; }, {1, 2, 3}); // here
#else
  auto sums = pool.map(crosspool::bind([](int state, int x) { return x + state; }, offset), {1, 2, 3});
#endif
  return sums[2] == 13 ? 0 : 1;
}
// expect: function_state,
// expect: capturing_lambda<
// expect: Write crosspool::bind(
