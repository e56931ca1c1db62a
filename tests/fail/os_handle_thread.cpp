#include <crosspool/crosspool.hpp>

#include <thread>

#include "fault.hpp"

struct Job {
  FAULT(std::thread, int) helper;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, std::move(jobs)); // here
}
// expect: map_argument<1>, Job, path<member<"helper">>, os_handle<std::thread>
// expect: Send a name and open it in the worker
