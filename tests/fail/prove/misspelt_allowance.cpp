// Does not say why.
#include "refuse.hpp"

void call(int x) {
  crosspool::map(FAULT(&, ) x); // here
}
// expect: map_argument<1>, int*
// expect: raw_pointer<int*>
// expect: send something else
// at most 20 lines with GNU
