// A function as an argument of the function.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

int square(int);
int run(FAULT(int (*)(int), int), int);

void call(crosspool::fork_pool& pool) {
  pool.apply(run, FAULT(square, 1), 2); // here
}
// expect: apply_argument<1>, int (*)(int), path<>, function_pointer<int (*)(int)>
// expect: put it first in crosspool::bind(
