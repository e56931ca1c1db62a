// Where nothing is serialized, too; and with apply_async.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Model {};
struct Index {};
int run(const FAULT(Index, Model) & state, int item);

void call() {
  crosspool::pool pool{crosspool::thread{}, 4, [] { return Model{}; }};
  pool.apply_async(run, 1); // here
}
// expect: the_function_cannot_be_called
// expect: first_parameter_is_not_the_state<const Index&, Model>
