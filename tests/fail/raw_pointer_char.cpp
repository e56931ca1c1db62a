#include <crosspool/crosspool.hpp>

#include "fault.hpp"

int run(const FAULT(char*, std::string&));

void call(crosspool::fork_pool& pool, std::vector<FAULT(const char*, std::string)> names) {
  pool.map(run, names); // here
}
// expect: map_argument<1>, const char*, path<>, raw_pointer<const char*>
// expect: a raw pointer means nothing in another process
