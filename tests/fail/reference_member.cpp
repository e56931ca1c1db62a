// A reference among the members, which braces cannot initialize: which one, by its number.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Job {
  std::string name;
  int FAULT(&, ) number;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member_number<1>>, reference<some_type &>
// expect: Hold a value, or use thread_pool
