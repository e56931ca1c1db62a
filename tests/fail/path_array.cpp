#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Job {
  std::array<FAULT(int*, int), 4> numbers;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"numbers">, each_element>, raw_pointer<int*>
// expect: a raw pointer means nothing in another process
