// A pool whose type is spelled without the state has none.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Model {};
struct Query {
  int number;
};
Model load(const std::string& path);
using pool_that_keeps = crosspool::pool<crosspool::fork, Model>;

void call(std::vector<Query> queries) {
  FAULT(crosspool::fork_pool, pool_that_keeps) pool({.workers = 4}, load, "model");
  pool.map([](Model&, const Query& query) { return query.number; }, queries); // here
}
// expect: the_function_cannot_be_called
// expect: pool_keeps_no_state_for<Model&>
