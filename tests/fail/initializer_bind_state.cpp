#include <crosspool/crosspool.hpp>

#include "fault.hpp"

void initialize(FAULT(int*, int));
using pool = crosspool::spawn_pool;

void call(int x) {
  pool workers(2, crosspool::bind(initialize, FAULT(&, ) x)); // here
}
// expect: initializer_state, int*, path<>, raw_pointer<int*>
// expect: a raw pointer means nothing in another process
