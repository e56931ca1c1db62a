#include <crosspool/crosspool.hpp>

#include "fault.hpp"

FAULT(std::FILE*, int) run(std::string);

void call(crosspool::spawn_pool& pool) {
  auto answer = pool.apply(run, "name"); // here
  static_cast<void>(answer);
}
// expect: result, _IO_FILE*, path<>, os_handle<_IO_FILE*>
// expect: an operating system's handle belongs to this process
