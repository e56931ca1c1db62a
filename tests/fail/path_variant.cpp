#include <crosspool/crosspool.hpp>

#include "fault.hpp"

using Value = std::variant<int, std::string, FAULT(std::string_view, double)>;
int run(const Value&);

void call(crosspool::fork_pool& pool, std::vector<Value> values) {
  pool.map(run, values); // here
}
// expect: map_argument<1>, std::variant<int, std::
// expect: path<alternative<2>>, view<std::string_view
