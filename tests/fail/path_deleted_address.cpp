// A member whose address nobody may take.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Handle {
  FAULT(int*, int) number;
  Handle* operator&() = delete;
  const Handle* operator&() const = delete;
};
struct Job {
  Handle handle;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"handle">, member<"number">>, raw_pointer<int*>
// expect: a raw pointer means nothing in another process
