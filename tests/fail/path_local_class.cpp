#include <crosspool/crosspool.hpp>

#include "fault.hpp"

void call(crosspool::fork_pool& pool) {
  struct Job {
    int number;
    FAULT(int*, int) at;
  };
  std::vector<Job> jobs;
  pool.map([](const Job& job) { return job.number; }, jobs); // here
}
// expect: map_argument<1>,
// expect: Job, path<member<"at">>, raw_pointer<int*>
// expect: a raw pointer means nothing in another process
