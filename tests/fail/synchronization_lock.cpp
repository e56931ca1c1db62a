#include <crosspool/crosspool.hpp>

#include <mutex>

#include "fault.hpp"

void run(FAULT(std::unique_lock<std::mutex>, int));

void call(crosspool::fork_pool& pool, FAULT(std::unique_lock<std::mutex>, int) lock) {
  pool.apply(run, std::move(lock)); // here
}
// expect: apply_argument<1>, std::unique_lock<std::mutex>, path<>, synchronization<std::unique_lock<std::mutex>>
// expect: works in one process only
