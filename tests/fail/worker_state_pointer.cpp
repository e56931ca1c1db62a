// The state is not given as a pointer.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Model {};

void call(std::vector<int> numbers) {
  crosspool::pool pool{crosspool::thread{}, 4, [] { return Model{}; }};
  pool.map([](FAULT(Model*, Model&), int x) { return x; }, numbers); // here
}
// expect: can_be_called_in_a_worker<
// expect: The worker's state comes first, by reference, if the pool's type keeps it
