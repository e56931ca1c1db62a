// As many lines as it needs, and says.
#include "passed_on.hpp"

void call(int x) {
  f(FAULT(&, ) x); // here
}
// expect: map_argument<1>, int*
// expect: raw_pointer<int*>
// at most 60 lines with GNU: templates stand between
// at most 60 lines with Clang: templates stand between
