#include <crosspool/crosspool.hpp>

#include "fault.hpp"

int run(const FAULT(int*, std::array<int COMMA 3>&));

void call(crosspool::fork_pool& pool, FAULT(int (&rows)[2][3], std::array<int COMMA 3> (&rows)[2])) {
  pool.map(run, rows); // here
}
// expect: map_argument<1>, int*, path<>, raw_pointer<int*>
// expect: an array as std::array
