#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Job {
  FAULT(std::initializer_list<int>, std::vector<int>) numbers;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"numbers">>, view<std::initializer_list<int>>
// expect: a view owns nothing
