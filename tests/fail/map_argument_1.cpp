// A FILE* two levels down, in what map is given.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Config {
  int level;
  FAULT(std::FILE*, int) handle;
};
struct Job {
  std::vector<Config> configs;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"configs">, each_element, member<"handle">>, os_handle<_IO_FILE*>
// expect: Send a name and open it in the worker
