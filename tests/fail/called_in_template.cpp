// A call in a template: its line is named, as is the line that calls that.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

template <class T, class F> auto map_all(crosspool::fork_pool& pool, F f, const std::vector<T>& values) {
  return pool.map(f, values); // here
}
int run(FAULT(int*, int));

void call(crosspool::fork_pool& pool, const std::vector<FAULT(int*, int)>& values) {
  map_all(pool, run, values);
}
// expect: map_argument<1>, int*, path<>, raw_pointer<int*>
// expect: a raw pointer means nothing in another process
