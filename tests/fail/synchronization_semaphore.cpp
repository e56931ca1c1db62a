#include <crosspool/crosspool.hpp>

#include <semaphore>

#include "fault.hpp"

using Slots = FAULT(std::unique_ptr<std::counting_semaphore<4>>, std::unique_ptr<int>);
int run(const Slots&);

void call(crosspool::spawn_pool& pool, Slots slots) {
  pool.apply(run, std::move(slots)); // here
}
// expect: apply_argument<1>, std::unique_ptr<std::counting_semaphore<4
// expect: path<pointee>, synchronization<std::counting_semaphore<4
// expect: works in one process only
