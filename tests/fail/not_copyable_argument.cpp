// What an asynchronous call of a thread pool would have to copy.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

int run(const std::unique_ptr<int>&);

void call(crosspool::thread_pool& pool, std::unique_ptr<int> number) {
  pool.apply_async(run, FAULT(number, std::move(number))); // here
}
// expect: can_be_copied_for_later<int (&)(const std::unique_ptr<int
// expect: Give it with std::move
