#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Job {
  int number;
  FAULT(std::string_view, std::string) name;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"name">>, view<std::string_view
// expect: Send std::string for std::string_view
