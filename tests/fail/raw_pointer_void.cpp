#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Job {
  std::pair<int, FAULT(void*, int)> handle;
};
int run(int, const Job&);

void call(crosspool::spawn_pool& pool, const Job& job) {
  pool.apply(run, 1, job); // here
}
// expect: apply_argument<2>, Job, path<member<"handle">, tuple_element<1>>, raw_pointer<void*>
// expect: a raw pointer means nothing in another process
