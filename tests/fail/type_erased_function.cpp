#include <crosspool/crosspool.hpp>

#include <functional>

#include "fault.hpp"

struct Job {
  FAULT(std::function<void()>, int) finish;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"finish">>, type_erased<std::function<void
// expect: std::function and std::any hide what they hold
