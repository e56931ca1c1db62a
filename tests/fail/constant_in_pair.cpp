// A pair is made before it is loaded into; a vector's elements need not be.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Job {
  FAULT(const, ) int number;
  const std::string name;
};
int run(const std::pair<int, Job>&);
int run_one(const Job&);

void call(crosspool::fork_pool& pool, std::vector<std::pair<int, Job>> jobs, std::vector<Job> alone) {
  pool.map(run_one, alone);
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, std::pair<int, Job>, path<tuple_element<1>, member<"number">>, constant<const int>
// expect: Drop the const, or write save and load
