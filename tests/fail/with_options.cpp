// The verbs of a pool with options.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

using Number = FAULT(int*, int);
int run(Number);

void call(crosspool::fork_pool& pool, std::vector<Number> numbers) {
  pool.with({.chunksize = 2}).map(run, numbers); // here
}
// expect: map_argument<1>, int*, path<>, raw_pointer<int*>
// expect: a raw pointer means nothing in another process
