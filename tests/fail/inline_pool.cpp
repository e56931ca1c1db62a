// What its policy refuses, an inline pool refuses.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Job {
  FAULT(const char*, std::string) name;
};
int run(const Job&);

void call(crosspool::inline_pool<crosspool::fork>& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"name">>, raw_pointer<const char*>
// expect: a raw pointer means nothing in another process
