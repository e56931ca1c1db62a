#include <crosspool/crosspool.hpp>

#include "fault.hpp"

int run(FAULT(int*, int), FAULT(char*, char));

void call(crosspool::spawn_pool& pool, int x, char y) {
  auto result = pool.apply_async(run, FAULT(&, ) x, FAULT(&, ) y); // here
}
// expect: apply_argument<1>, int*, path<>, raw_pointer<int*>, also<
// expect: also<apply_argument<2>, char*, path<>, raw_pointer<char*>>
