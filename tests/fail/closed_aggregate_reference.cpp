#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Job {
  std::string name;
  int FAULT(&, ) number;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<>, aggregate_that_cannot_be_opened<Job>
// expect: a reference
