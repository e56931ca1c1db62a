#include <crosspool/crosspool.hpp>

#include <mutex>

#include "fault.hpp"

struct Scale {
  FAULT(std::FILE*, int) log;
  int operator()(const std::unique_ptr<FAULT(std::mutex, int)>&, FAULT(char*, char)) const;
};

void call(crosspool::fork_pool& pool, std::vector<std::unique_ptr<FAULT(std::mutex, int)>> guards,
          std::vector<FAULT(char*, char)> names) {
  pool.map(Scale{}, std::move(guards), names); // here
}
// expect: map_argument<1>, std::unique_ptr<std::mutex
// expect: path<pointee>, synchronization<std::mutex>
// expect: also<map_argument<2>, char*, path<>, raw_pointer<char*>>
// expect: also<function_state, Scale, path<member<"log">>, os_handle<_IO_FILE*>>
