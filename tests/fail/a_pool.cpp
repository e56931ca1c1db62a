// The question that this library was asked first: a module in a list that holds a pool.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Module {
  std::string name;
  FAULT(crosspool::fork_pool, int) pool;
};
int run(const std::vector<Module>&);

void call(crosspool::fork_pool& pool, std::vector<std::vector<Module>>& modules) {
  pool.map(run, std::move(modules)); // here
}
// expect: map_argument<1>, std::vector<Module
// expect: path<each_element, member<"pool">>, a_pool<pool<fork>>
// expect: Make a pool in the worker
