// A flag to stop by: each process would have its own.
#include <crosspool/crosspool.hpp>

#include <atomic>

#include "fault.hpp"

struct Stop {
  FAULT(std::shared_ptr<std::atomic_flag>, bool) stopped;
  int operator()(int x) const { return x; }
};

void call(crosspool::fork_pool& pool, std::vector<int> numbers) {
  pool.map(Stop{}, numbers); // here
}
// expect: function_state, Stop, path<member<"stopped">, pointee>, synchronization<std::atomic_flag>
// expect: Leave it out of what is sent
