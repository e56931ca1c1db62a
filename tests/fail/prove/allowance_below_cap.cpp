// Allowed what each case is.
#include "refuse.hpp"

void call(int x) {
  crosspool::map(FAULT(&, ) x); // here
}
// expect: map_argument<1>, int*
// expect: raw_pointer<int*>
// expect: send something else
// at most 12 lines with GNU: a cap is a cap
