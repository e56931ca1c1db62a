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
// expect: task_wants_other_worker_state<Index, Model>
// expect: is_the_worker_state<Index, Model>
// expect: The state is what the pool's initializer returns
