#include <crosspool/crosspool.hpp>

#include "fault.hpp"

void call(crosspool::fork_pool& pool, std::vector<int> numbers, std::vector<double> weights) {
  std::string unit = "m";
  const auto run = [FAULT(unit, )](const auto& x, auto y) { return FAULT(unit + std::to_string(x * y), x * y); };
  auto results = pool.map(run, numbers, weights); // here
}
// expect: can_cross<function_state,
// expect: capturing_lambda<
// expect: nobody can look into a lambda's captures
