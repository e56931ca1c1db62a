#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Job {
  FAULT(const, ) int number = 1;
  char name[8]; // without it, a Job would be built of its members
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"number">>, constant<const int>
// expect: Drop the const, or write save and load
