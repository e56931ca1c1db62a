#include <crosspool/crosspool.hpp>

#include "fault.hpp"

union Both {
  int whole;
  double real;
};
using Number = FAULT(Both, std::variant<int COMMA double>);
struct Job {
  std::vector<Number> numbers;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"numbers">, each_element>, union_type<Both>
// expect: Use std::variant, or write serialize
