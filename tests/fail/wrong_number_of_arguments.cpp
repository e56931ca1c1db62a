#include <crosspool/crosspool.hpp>

#include "fault.hpp"

int run(const std::string& FAULT(COMMA int, ));

void call(crosspool::fork_pool& pool, const std::vector<std::string>& names) {
  pool.map(run, names); // here
}
// expect: the_function_cannot_be_called
// expect: wrong_number_of_arguments<function_takes<2>, call_gives<1>>
