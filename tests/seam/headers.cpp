#include <crosspool/crosspool.hpp>

#ifdef CROSSPOOL_SEPARATE_COMPILATION
#error "this file is to have the headers alone"
#endif

namespace {

int twice(int x) {
  return 2 * x;
}

} // namespace

int sum_by_headers();
int sum_by_headers() {
  crosspool::fork_pool pool(2);
  int sum = 0;
  for (const int each : pool.map(twice, {1, 2, 3}))
    sum += each;
  return sum;
}

int sum_over_pool(crosspool::fork_pool& pool);
int sum_over_pool(crosspool::fork_pool& pool) {
  return pool.apply(twice, 3);
}
