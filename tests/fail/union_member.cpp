#include <crosspool/crosspool.hpp>

#include "fault.hpp"

union Both {
  int whole;
  double real;
};
struct Job {
  std::string name;
  FAULT(Both, int) number;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"number">>, union_type<Both>
// expect: Use std::variant, or write serialize
