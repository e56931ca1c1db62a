// No line is marked.
#include "refuse.hpp"

void call(int x) {
  crosspool::map(FAULT(&, ) x);
}
// expect: map_argument<1>, int*
// expect: raw_pointer<int*>
// expect: send something else
