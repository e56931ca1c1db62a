// map(f, {a, b}): the call inside the library is not the user's.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

void run(FAULT(int*, int));

void call(crosspool::fork_pool& pool, int x) {
  pool.map(run, {FAULT(&, ) x}); // here
}
// expect: map_argument<1>, int*, path<>, raw_pointer<int*>
// expect: a raw pointer means nothing in another process
