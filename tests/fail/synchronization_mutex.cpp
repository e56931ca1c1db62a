#include <crosspool/crosspool.hpp>

#include <mutex>

#include "fault.hpp"

struct Counter {
  int count = 0;
  FAULT(std::mutex, int) guard {};
};
void run(const Counter&);

void call(crosspool::fork_pool& pool, std::vector<std::unique_ptr<Counter>> counters) {
  const auto each = [](const std::unique_ptr<Counter>& counter) { run(*counter); };
  pool.map(each, std::move(counters)); // here
}
// expect: map_argument<1>, std::unique_ptr<Counter
// expect: path<pointee, member<"guard">>, synchronization<std::mutex>
// expect: fork_pool's initializer inherits it
