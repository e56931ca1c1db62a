// Position and reason are said, but apart.
#include "refuse.hpp"

namespace crosspool {
template <> struct cannot_cross_process_boundary<map_argument<1>, int*, path<>, raw_pointer<int*>> {};
} // namespace crosspool
template <class Reason> struct why {
  static_assert(sizeof(Reason*) == 0, "map_argument<1>");
};
template <class T> void map(T) {}
template <class T> void map(T*) {
  using reason = crosspool::raw_pointer<T*>;
  static_cast<void>(sizeof(why<reason>));
}

void call(int x) {
  map(FAULT(&, ) x); // here
}
// expect: map_argument<1>
// expect: why<raw_pointer<int*>>
