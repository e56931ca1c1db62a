// The entries of a map: its keys are const, and no fault.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

using Value = FAULT(std::vector<int>::const_iterator, int);
void run(const std::string&, Value);

void call(crosspool::fork_pool& pool, const std::map<std::string, Value>& rows) {
  pool.starmap(run, rows); // here
}
// expect: map_argument<2>
// expect: path<>, iterator<
// expect: Send the element or its index
