#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Entry {
  FAULT(Entry*, int) next;
};
int run(const std::map<int, Entry>&);

void call(crosspool::spawn_pool& pool, std::vector<std::map<int, Entry>> maps) {
  pool.map(run, maps); // here
}
// expect: map_argument<1>, std::map<int, Entry
// expect: path<each_mapped_value, member<"next">>, raw_pointer<Entry*>
