// A class that is only declared.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Hidden;
struct Job {
  std::shared_ptr<FAULT(Hidden, int)> hidden;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"hidden">
// expect: incomplete_type<
