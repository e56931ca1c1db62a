#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Model {};
int leave(FAULT(int, Model&));

void call() {
  crosspool::pool pool{crosspool::fork{}, 4, [] { return Model{}; }};
  pool.at_exit(leave); // here
}
// expect: can_be_called_in_a_worker<
// expect: first_parameter_is_not_the_state<int, Model>
// expect: the function cannot be called with what it is given here
