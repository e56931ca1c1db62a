// The second of two ranges.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

using Name = FAULT(std::string_view, std::string);
int run(int, const Name&);

void call(crosspool::spawn_pool& pool, std::vector<int> numbers, std::vector<Name> names) {
  pool.map(run, numbers, names); // here
}
// expect: map_argument<2>, std::string_view, path<>
// expect: view<std::string_view
// expect: Send std::string for std::string_view
