#include "passed_on.hpp"

void call(int x) {
  f(FAULT(&, ) x); // here
}
// expect: map_argument<1>, int*
// expect: raw_pointer<int*>
// at most 13 lines with GNU: templates stand between
// at most 17 lines with Clang: templates stand between
