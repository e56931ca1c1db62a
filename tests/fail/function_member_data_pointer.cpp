// A pointer to a data member is an offset, which another build would not share.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Row {
  int width;
};
struct Job {
  FAULT(int Row::*, int) column;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"column">>, function_pointer<int Row::*
// expect: a function pointer inside a value
