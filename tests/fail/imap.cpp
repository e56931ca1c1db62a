// A stream's items cross like a map's.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Job {
  FAULT(int*, int) number;
};
int run(Job);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  for (int& each : pool.imap(run, jobs)) // here
    ++each;
}
// expect: map_argument<1>, Job, path<member<"number">>, raw_pointer<int*>
// expect: a raw pointer means nothing in another process
