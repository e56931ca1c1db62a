// One that names both is one too few.
#include "refuse.hpp"

void call(int x) {
  crosspool::map(FAULT(&, ) x); // here
}
// expect: map_argument<1>, int*, path<>, raw_pointer<int*>
