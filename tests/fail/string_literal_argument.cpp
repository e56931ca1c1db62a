#include <crosspool/crosspool.hpp>

#include "fault.hpp"

int run(FAULT(const char*, const std::string&));

int call(crosspool::fork_pool& pool) {
  return pool.apply(run, "two"); // here
}
// expect: the_function_cannot_be_called
// expect: string_literal_travels_as_string<1, const char*, std::string>
