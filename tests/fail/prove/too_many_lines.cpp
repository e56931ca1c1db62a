// A call that is made from template to template.
#include "refuse.hpp"

template <int Depth, class T> void deeper(T x) {
  if constexpr (Depth == 0)
    crosspool::map(x); // here
  else
    deeper<Depth - 1>(x);
}
void call(int x) {
  deeper<8>(FAULT(&, ) x);
}
// expect: map_argument<1>, int*
// expect: raw_pointer<int*>
