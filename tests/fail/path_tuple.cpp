// A tuple in a tuple.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

using Row = std::tuple<int, std::tuple<std::string, double, FAULT(float*, float)>>;
int run(const Row&);

void call(crosspool::fork_pool& pool, std::vector<Row> rows) {
  pool.map(run, rows); // here
}
// expect: map_argument<1>, std::tuple<int, std::tuple<std::
// expect: path<tuple_element<1>, tuple_element<2>>, raw_pointer<float*>
