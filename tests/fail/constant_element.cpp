#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Job {
  std::array<FAULT(const int, int), 3> numbers = {};
};
int run(const Job&);

void call(crosspool::fork_pool& pool, const Job& job) {
  pool.apply(run, job); // here
}
// expect: apply_argument<1>, Job, path<member<"numbers">
// expect: constant<const int>
// expect: Drop the const, or write save and load
