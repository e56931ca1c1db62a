#include <crosspool/crosspool.hpp>

#include <functional>

#include "fault.hpp"

void initialize(std::vector<int>&);
using pool = FAULT(crosspool::spawn_pool, crosspool::fork_pool);

void call(std::vector<int>& numbers) {
  pool workers(2, initialize, std::ref(numbers)); // here
}
// expect: initializer_argument<1>, std::reference_wrapper<std::vector<int
// expect: path<>, reference<std::reference_wrapper<std::vector<int
// expect: Hold a value, or use thread_pool
