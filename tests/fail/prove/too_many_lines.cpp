// A call that is made from template to template.
#include "refuse.hpp"

template <int Depth, class T> void deeper(T x) {
  if constexpr (Depth == 0)
    crosspool::map(x);
  else
    deeper<Depth - 1>(x);
}
void call(int x) {
  deeper<20>(FAULT(&, ) x); // here
}
// expect: map_argument<1>, int*
// expect: raw_pointer<int*>
