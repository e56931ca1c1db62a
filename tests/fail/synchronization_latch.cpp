#include <crosspool/crosspool.hpp>

#include <latch>

#include "fault.hpp"

struct Job {
  FAULT(std::unique_ptr<std::latch>, int) done;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, std::move(jobs)); // here
}
// expect: map_argument<1>, Job, path<member<"done">, pointee>, synchronization<std::latch>
// expect: works in one process only
