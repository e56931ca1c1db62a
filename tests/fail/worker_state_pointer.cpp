// The state is not given as a pointer.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Model {};

void call(std::vector<int> numbers) {
  crosspool::pool pool{crosspool::thread{}, 4, [] { return Model{}; }};
  pool.map([](FAULT(Model*, Model&), int x) { return x; }, numbers); // here
}
// expect: the_function_cannot_be_called
// expect: first_parameter_is_not_the_state<Model*, Model>
