// With map_reduce.
#include <crosspool/crosspool.hpp>

#include <functional>

#include "fault.hpp"

struct Model {};
struct Index {};

void call(std::vector<int> numbers) {
  crosspool::pool pool{crosspool::fork{}, 4, [] { return Model{}; }};
  pool.map_reduce([](FAULT(Index, Model)&, int x) { return x; }, numbers, std::plus<>(), 0); // here
}
// expect: the_function_cannot_be_called
// expect: first_parameter_is_not_the_state<Index&, Model>
