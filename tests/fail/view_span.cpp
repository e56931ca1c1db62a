#include <crosspool/crosspool.hpp>

#include <span>

#include "fault.hpp"

using Numbers = FAULT(std::span<const double>, std::vector<double>);
double run(Numbers);

void call(crosspool::fork_pool& pool, std::vector<Numbers> rows) {
  pool.map(run, rows); // here
}
// expect: map_argument<1>, std::span<const double
// expect: path<>, view<std::span<const double
// expect: std::vector for std::span
