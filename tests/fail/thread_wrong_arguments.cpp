// With threads, too: what is const is not written to.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

void run(FAULT(std::string&, const std::string&));

void call(crosspool::thread_pool& pool, const std::vector<std::string>& names) {
  pool.map(run, names); // here
}
// expect: can_be_called_in_a_worker<void (&)(std::
// expect: a thread pool passes what the range's iterator refers to
