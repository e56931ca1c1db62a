// What a forked worker's initializer inherits, its map refuses.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

void initialize(std::FILE*);
void run(FAULT(std::FILE*, std::string));

void call(std::FILE* file, std::string name) {
  crosspool::fork_pool pool(2, initialize, file);
  pool.apply(run, FAULT(file, name)); // here
  static_cast<void>(name);
}
// expect: apply_argument<1>, _IO_FILE*, path<>, os_handle<_IO_FILE*>
// expect: give the handle to fork_pool's initializer
