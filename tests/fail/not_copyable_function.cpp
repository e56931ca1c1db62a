#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Run {
  std::unique_ptr<int> state;
  int operator()(int) const;
};

void call(crosspool::thread_pool& pool, Run run) {
  pool.map_async(FAULT(run, std::move(run)), std::vector<int>(3)); // here
}
// expect: can_be_copied_for_later<Run&, int>
// expect: Give it with std::move
