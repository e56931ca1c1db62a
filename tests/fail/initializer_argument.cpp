// A spawned worker is a fresh program: what its initializer is given must cross. A forked one inherits it.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

void initialize(int, std::FILE*);
using pool = FAULT(crosspool::spawn_pool, crosspool::fork_pool);

void call(std::FILE* file) {
  pool workers(2, initialize, 1, file); // here
}
// expect: initializer_argument<2>, _IO_FILE*, path<>, os_handle<_IO_FILE*>
// expect: give the handle to fork_pool's initializer
