#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Job {
  FAULT(std::map<int COMMA int>::const_iterator, int) at;
};
int run(Job);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"at">>
// expect: iterator<
// expect: Send the element or its index
