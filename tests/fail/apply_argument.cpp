#include <crosspool/crosspool.hpp>

#include "fault.hpp"

int run(std::string, double, FAULT(double*, double));

void call(crosspool::spawn_pool& pool, double x) {
  int result = pool.apply(run, "text", x, FAULT(&, ) x); // here
  static_cast<void>(result);
}
// expect: apply_argument<3>, double*, path<>, raw_pointer<double*>
// expect: thread_pool shares them
