// Allowed what it does not need.
#include "refuse.hpp"

void call(int x) {
  crosspool::map(FAULT(&, ) x); // here
}
// expect: map_argument<1>, int*
// expect: raw_pointer<int*>
// expect: send something else
// at most 60 lines with GNU: once it was longer
// at most 60 lines with Clang: once it was longer
