// Counted without what is bound.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

int run(double factor, FAULT(int, const std::string&));

void call(crosspool::fork_pool& pool, const std::vector<std::string>& names) {
  pool.map(crosspool::bind(run, 0.5), names); // here
}
// expect: the_function_cannot_be_called
// expect: argument_does_not_fit<1, int, std::string>
