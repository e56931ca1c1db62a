// No expectation names a position.
#include "refuse.hpp"

void call(int x) {
  crosspool::map(FAULT(&, ) x); // here
}
// expect: raw_pointer<int*>
// expect: send something else
