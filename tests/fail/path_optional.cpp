#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Job {
  std::optional<FAULT(std::FILE*, int)> log;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"log">, each_element>, os_handle<_IO_FILE*>
// expect: Send a name and open it in the worker
