#include <crosspool/crosspool.hpp>

#include <future>

#include "fault.hpp"

FAULT(std::future<int>, int) run(int);

void call(crosspool::fork_pool& pool) {
  auto result = pool.apply_async(run, 1); // here
}
// expect: result, std::future<int>, path<>, synchronization<std::future<int>>
// expect: works in one process only
