// The third of three ranges.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

int run(int, double, FAULT(const int*, int));

void call(crosspool::fork_pool& pool, std::vector<int> a, std::array<double, 2> b,
          std::vector<FAULT(const int*, int)> c) {
  pool.map(run, a, b, c); // here
}
// expect: map_argument<3>, const int*, path<>, raw_pointer<const int*>
// expect: a raw pointer means nothing in another process
