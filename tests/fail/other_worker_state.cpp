#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Model {};
struct Index {};
struct Query {
  int number;
};
Model load(const std::string& path);

void call(std::vector<Query> queries) {
  crosspool::pool pool{crosspool::fork{}, {.workers = 4}, load, "model"};
  pool.map([](FAULT(Index, Model)&, const Query& query) { return query.number; }, queries); // here
}
// expect: task_wants_other_worker_state<Index, Model>
// expect: is_the_worker_state<Index, Model>
// expect: The state is what the pool's initializer returns
