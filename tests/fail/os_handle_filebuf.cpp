#include <crosspool/crosspool.hpp>

#include <fstream>

#include "fault.hpp"

struct Job {
  FAULT(std::filebuf, int) file;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, Job& job) {
  pool.apply(run, std::move(job)); // here
}
// expect: apply_argument<1>, Job, path<member<"file">>, os_handle<std::filebuf>
// expect: Send a name and open it in the worker
