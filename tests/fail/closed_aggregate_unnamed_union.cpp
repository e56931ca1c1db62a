#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Number {
  FAULT(union, struct Parts) {
    int whole;
    double real;
  };
};
struct Job {
  std::string name;
  Number number;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"number">>, aggregate_that_cannot_be_opened<Number>
// expect: an unnamed union
