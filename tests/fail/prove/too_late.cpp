// Warnings before the error.
#include "refuse.hpp"

#warning "one"
#warning "two"

void call(int x) {
  crosspool::map(FAULT(&, ) x); // here
}
// expect: map_argument<1>, int*
// expect: raw_pointer<int*>
