#include <crosspool/crosspool.hpp>

#include "fault.hpp"

union Number {
  int whole;
  double real;
};
struct Job {
  FAULT(Number, std::variant<int COMMA double>) number;
};
int run(Job);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"number">>, union_type<Number>
// expect: Use std::variant, or write serialize
