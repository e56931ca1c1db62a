// Another line than that of the call.
#include "refuse.hpp"

void call(int x) {
  // here
  crosspool::map(FAULT(&, ) x);
}
// expect: map_argument<1>, int*
// expect: raw_pointer<int*>
// expect: send something else
