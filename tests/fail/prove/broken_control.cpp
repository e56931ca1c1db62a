// What should be repaired does not compile, either.
#include "refuse.hpp"

void call(int x) {
  crosspool::map(FAULT(&x, y)); // here
}
// expect: map_argument<1>, int*
// expect: raw_pointer<int*>
// expect: send something else
