#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Job {
  int first[3];
  FAULT(const char*, char) names[2][3];
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"names">, each_element, each_element>, raw_pointer<const char*>
// expect: a raw pointer means nothing in another process
