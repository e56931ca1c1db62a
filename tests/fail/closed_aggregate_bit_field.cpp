#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Flags {
  unsigned first FAULT( : 1, );
  unsigned second FAULT( : 7, );
};
struct Job {
  std::vector<Flags> flags;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"flags">, each_element>, aggregate_that_cannot_be_opened<Flags>
// expect: a bit-field
