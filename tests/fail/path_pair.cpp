#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Job {
  std::pair<std::string, FAULT(std::FILE*, int)> file;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"file">, tuple_element<1>>, os_handle<_IO_FILE*>
// expect: Send a name and open it in the worker
