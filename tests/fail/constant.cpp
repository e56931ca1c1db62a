#include <crosspool/crosspool.hpp>

#include "fault.hpp"

using Row = std::tuple<FAULT(const int, int), std::string>;
int run(const Row&);

void call(crosspool::fork_pool& pool, std::vector<Row> rows) {
  pool.map(run, rows); // here
}
// expect: map_argument<1>, std::tuple<const int, std::
// expect: path<tuple_element<0>>, constant<const int>
// expect: Drop the const, or write save and load
