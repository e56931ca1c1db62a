#include <crosspool/crosspool.hpp>

#include "fault.hpp"

void initialize(FAULT(const int*, int), std::string, FAULT(const double*, double));

void call(int x, double y) {
  crosspool::spawn_pool pool(2, initialize, FAULT(&, ) x, "text", FAULT(&, ) y); // here
}
// expect: initializer_argument<1>, int*, path<>, raw_pointer<int*>
// expect: also<initializer_argument<3>, double*, path<>, raw_pointer<double*>>
