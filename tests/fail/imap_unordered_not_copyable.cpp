// What a stream of a thread pool would have to copy.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

int run(const std::unique_ptr<int>&);

void call(crosspool::thread_pool& pool, std::vector<std::unique_ptr<int>> numbers) {
  for (int& each : pool.imap_unordered(run, FAULT(numbers, std::move(numbers)))) // here
    ++each;
}
// expect: can_be_copied_for_later<int (&)(const std::unique_ptr<int
// expect: Give it with std::move
