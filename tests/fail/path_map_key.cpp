#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Job {
  std::map<FAULT(const char*, std::string), int> counts;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"counts">, each_key>, raw_pointer<const char*>
// expect: a raw pointer means nothing in another process
