// All that is wrong with a call, in one error.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Job {
  FAULT(std::FILE*, int) log;
};
int run(const Job&, int, FAULT(const int*, int));

void call(crosspool::fork_pool& pool, const Job& job, int x) {
  pool.apply(run, job, 1, FAULT(&, ) x); // here
}
// expect: apply_argument<1>, Job, path<member<"log">>, os_handle<_IO_FILE*>, also<
// expect: also<apply_argument<3>, int*, path<>, raw_pointer<int*>>
