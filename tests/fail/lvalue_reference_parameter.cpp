// A worker's arguments are its own: what it would write to them, nobody would see.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

void run(FAULT(std::string&, const std::string&));

void call(crosspool::fork_pool& pool, std::vector<std::string> names) {
  pool.map(run, names); // here
}
// expect: can_be_called_in_a_worker<void (&)(std::
// expect: a parameter may be T, const T& or T&&, but not T&
