#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Job {
  FAULT(crosspool::future<int>, int) earlier;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, std::move(jobs)); // here
}
// expect: map_argument<1>, Job, path<member<"earlier">>, a_pool<future<int>>
// expect: send what the future gives
