#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Job {
  FAULT(std::FILE*, int) handle;
};
int run(Job);

void call(crosspool::spawn_pool& pool, Job job) {
  crosspool::future<int> result = pool.apply_async(run, job); // here
}
// expect: apply_argument<1>, Job, path<member<"handle">>, os_handle<_IO_FILE*>
// expect: give the handle to fork_pool's initializer
