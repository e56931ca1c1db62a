#include <crosspool/crosspool.hpp>

#include "fault.hpp"

using Row = std::tuple<FAULT(int*, int), int, FAULT(char*, char)>;
int run(FAULT(int*, int), int, FAULT(char*, char));

void call(crosspool::spawn_pool& pool, std::vector<Row> rows) {
  pool.starmap(run, rows); // here
}
// expect: map_argument<1>, int*, path<>, raw_pointer<int*>, also<
// expect: also<map_argument<3>, char*, path<>, raw_pointer<char*>>
