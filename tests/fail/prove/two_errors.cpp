// A second error.
#include "refuse.hpp"

void call(int x) {
  crosspool::map(FAULT(&, ) x); // here
  FAULT(y, x) = 0;
}
// expect: map_argument<1>, int*
// expect: raw_pointer<int*>
// expect: send something else
