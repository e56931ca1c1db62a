#include <crosspool/crosspool.hpp>

#include <mutex>

#include "fault.hpp"

struct Shared {
  FAULT(std::mutex, int) guard {};
};
void initialize(const std::unique_ptr<Shared>&);

void call(std::unique_ptr<Shared> shared) {
  crosspool::spawn_pool pool({.workers = 2}, initialize, std::move(shared)); // here
}
// expect: initializer_argument<1>, std::unique_ptr<Shared
// expect: path<pointee, member<"guard">>, synchronization<std::mutex>
// expect: fork_pool's initializer inherits it
