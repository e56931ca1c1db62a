// A typo in the last expectation.
#include "refuse.hpp"

void call(int x) {
  crosspool::map(FAULT(&, ) x); // here
}
// expect: map_argument<1>, int*
// expect: raw_pointer<int*>
// expect: send smoething else
