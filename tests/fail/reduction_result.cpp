// Partial results come back.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Sum {
  long value;
  FAULT(const int*, int) last;
};
Sum start(int);
Sum add(Sum, Sum);

void call(crosspool::fork_pool& pool, std::vector<int> numbers) {
  pool.map_reduce(start, numbers, add, Sum{}); // here
}
// expect: can_cross<result, Sum, path<member<"last">>, raw_pointer<const int*>
// expect: a raw pointer means nothing in another process
