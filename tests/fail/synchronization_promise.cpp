#include <crosspool/crosspool.hpp>

#include <future>

#include "fault.hpp"

using Promise = FAULT(std::promise<int>, std::vector<int>);
void run(Promise);

void call(crosspool::fork_pool& pool, Promise promise) {
  pool.apply(run, std::move(promise)); // here
}
// expect: apply_argument<1>, std::promise<int>, path<>, synchronization<std::promise<int>>
// expect: works in one process only
