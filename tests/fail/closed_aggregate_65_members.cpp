#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Job {
  int a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, c0, c1, c2, c3, c4, c5, c6, c7;
  int c8, c9, d0, d1, d2, d3, d4, d5, d6, d7, d8, d9, e0, e1, e2, e3, e4, e5, e6, e7, e8, e9, f0, f1, f2, f3, f4, f5;
  int f6, f7, f8, f9, g0, g1, g2, g3;
  FAULT(int last;, )
};
struct Jobs {
  std::vector<Job> all;
};
int run(const Jobs&);

void call(crosspool::fork_pool& pool, std::vector<Jobs> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Jobs, path<member<"all">, each_element>, aggregate_that_cannot_be_opened<Job>
// expect: more than 64 members
