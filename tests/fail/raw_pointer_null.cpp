// std::nullptr_t is a pointer, too.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Job {
  FAULT(std::nullptr_t, int) nothing;
};
int run(Job);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"nothing">>
// expect: raw_pointer<
