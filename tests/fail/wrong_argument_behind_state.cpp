// Counted without the state, which comes first.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Model {};

void call(const std::vector<std::string>& names) {
  crosspool::pool pool{crosspool::fork{}, 4, [] { return Model{}; }};
  pool.map([](Model&, FAULT(int, const std::string&)) { return 1; }, names); // here
}
// expect: the_function_cannot_be_called
// expect: argument_does_not_fit<1, int, std::string>
