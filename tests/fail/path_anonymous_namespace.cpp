#include <crosspool/crosspool.hpp>

#include "fault.hpp"

namespace {
struct Config {
  int level;
  FAULT(std::FILE*, int) handle;
};
struct Job {
  Config config;
};
int run(const Job& job) {
  return job.config.level;
}
} // namespace

void call(crosspool::fork_pool& pool) {
  std::vector<Job> jobs;
  pool.map(run, jobs); // here
}
// expect: map_argument<1>,
// expect: Job, path<member<"config">, member<"handle">>, os_handle<_IO_FILE*>
// expect: Send a name and open it in the worker
