#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Job {
  int number;
  FAULT(int Job::*, int) which;
};
int run(const Job&);

void call(crosspool::spawn_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"which">>, function_pointer<int Job::*>
// expect: a function pointer inside a value is an address of this process
