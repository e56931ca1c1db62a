#include "passed_on.hpp"

void call(int x) {
  f(FAULT(&, ) x); // here
}
// expect: map_argument<1>, int*
// expect: raw_pointer<int*>
