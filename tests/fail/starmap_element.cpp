// The second element of the tuples.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

using Number = FAULT(const int*, int);
double run(double, Number);

void call(crosspool::fork_pool& pool, std::vector<std::tuple<double, Number>> rows) {
  std::vector<double> results = pool.starmap(run, rows); // here
}
// expect: map_argument<2>, const int*, path<>, raw_pointer<const int*>
// expect: a raw pointer means nothing in another process
