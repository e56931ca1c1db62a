// Expects what only the echoed lines of source hold.
#include "refuse.hpp"

void call(int x) {
  crosspool::map(FAULT(&, ) x); // here
}
// expect: map_argument<1>, int*
// expect: raw_pointer<int*>
// expect: send something else
// expect: can_cross<Position, T, Path, Reason>
