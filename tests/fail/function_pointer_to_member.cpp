// A pointer to a member crosses as the function of a call, not inside a value.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Job {
  int number;
  FAULT(int (Job::*finish)() const, int finish);
};
int run(const Job&);

void call(crosspool::spawn_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"finish">>, function_pointer<int (Job::*
// expect: a function pointer inside a value is an address of this process
