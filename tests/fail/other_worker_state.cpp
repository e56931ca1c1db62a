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
// expect: the_function_cannot_be_called
// expect: first_parameter_is_not_the_state<Index&, Model>
