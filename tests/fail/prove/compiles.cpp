// No fault at all.
#include "refuse.hpp"

void call(int x) {
  crosspool::map(x); // here
}
// expect: map_argument<1>, int*
// expect: raw_pointer<int*>
// expect: send something else
