#include <crosspool/crosspool.hpp>

#include "fault.hpp"

int run(FAULT(std::FILE*, std::string));

void call(crosspool::fork_pool& pool, FAULT(std::FILE*, std::string) file) {
  auto result = pool.with({.chunksize = 1}).apply_async(run, file); // here
}
// expect: apply_argument<1>, _IO_FILE*, path<>, os_handle<_IO_FILE*>
// expect: give the handle to fork_pool's initializer
