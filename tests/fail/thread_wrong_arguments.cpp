// With threads, too: what is const is not written to.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

void run(FAULT(std::string&, const std::string&));

void call(crosspool::thread_pool& pool, const std::vector<std::string>& names) {
  pool.map(run, names); // here
}
// expect: the_function_cannot_be_called
// expect: parameter_needs_const<1, std::string&, const std::string&>
