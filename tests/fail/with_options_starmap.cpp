#include <crosspool/crosspool.hpp>

#include "fault.hpp"

void run(int, FAULT(char*, char));

void call(crosspool::spawn_pool& pool, std::vector<std::pair<int, FAULT(char*, char)>> rows) {
  pool.with({.chunksize = 4}).starmap(run, rows); // here
}
// expect: map_argument<2>, char*, path<>, raw_pointer<char*>
// expect: a raw pointer means nothing in another process
