#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Item {
  int run() const { return 1; }
};

void call(crosspool::fork_pool& pool, const std::vector<Item>& items) {
  pool.map(FAULT(std::mem_fn(&Item::run), &Item::run), items); // here
}
// expect: function_state
// expect: wrapped_by_std<std::
// expect: give a pointer to member as it is
