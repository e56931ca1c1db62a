#include <crosspool/crosspool.hpp>

#include <any>

#include "fault.hpp"

using Value = FAULT(std::any, std::string);
int run(const Value&);

void call(crosspool::spawn_pool& pool, std::vector<Value> values) {
  pool.map(run, values); // here
}
// expect: map_argument<1>, std::any, path<>, type_erased<std::any>
// expect: std::variant for std::any
