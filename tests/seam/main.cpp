#include <crosspool/crosspool.hpp>

#include <cstdio>

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#error "this file is to use compiled engines"
#endif

namespace {

int thrice(int x) {
  return 3 * x;
}

} // namespace

int sum_by_headers();
int sum_over_pool(crosspool::fork_pool& pool);

int main() {
  crosspool::fork_pool pool(2);
  int sum = 0;
  for (const int each : pool.map(thrice, {1, 2, 3}))
    sum += each;
#ifdef POOL_IS_GIVEN
  sum += sum_over_pool(pool);
#endif
  const int other = sum_by_headers();
  std::printf("%d %d\n", sum, other);
  return sum == 18 && other == 12 ? 0 : 1;
}
