// A lambda with captures as a spawned worker's initializer.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

using pool = FAULT(crosspool::spawn_pool, crosspool::fork_pool);

void call(int level) {
  const auto initialize = [level](int) { static_cast<void>(level); };
  pool workers(2, initialize, 1); // here
}
// expect: initializer_state,
// expect: capturing_lambda<
// expect: Write crosspool::bind(
