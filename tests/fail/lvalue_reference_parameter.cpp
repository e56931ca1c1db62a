// A worker's arguments are its own: what it would write to them, nobody would see.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

void run(FAULT(std::string&, const std::string&));

void call(crosspool::fork_pool& pool, std::vector<std::string> names) {
  pool.map(run, names); // here
}
// expect: the_function_cannot_be_called
// expect: parameter_needs_const<1, std::string&, std::string>
