#include <crosspool/crosspool.hpp>

#include "fault.hpp"

using function = int (*)(int);
struct Job {
  int number;
  FAULT(function, int) finish;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"finish">>, function_pointer<int (*
// expect: put it first in crosspool::bind(
