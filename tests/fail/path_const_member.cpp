#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Inner {
  std::string name;
  FAULT(int*, int) const number;
};
struct Job {
  const int id;
  const Inner inner;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"inner">, member<"number">>, raw_pointer<int*>
// expect: Send what it points to by value
