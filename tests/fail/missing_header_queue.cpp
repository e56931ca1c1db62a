#include <crosspool/crosspool.hpp>

#include <queue>

#ifdef CONTROL
#include <cereal/types/queue.hpp>
#endif

int run(const std::priority_queue<int>&);

void call(crosspool::fork_pool& pool, std::priority_queue<int> numbers) {
  pool.apply(run, numbers); // here
}
// expect: apply_argument<1>, std::priority_queue<int
// expect: path<>, missing_cereal_header<std::priority_queue<int
// expect: "cereal/types/queue.hpp"
