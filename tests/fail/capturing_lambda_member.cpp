// A lambda in a value.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

void call(crosspool::fork_pool& pool, int x) {
  const auto finish = [FAULT(x, )] { return FAULT(x, 1); };
  const auto run = [](const auto& job) { return job.first; };
  pool.apply(run, std::pair{x, finish}); // here
}
// expect: apply_argument<1>, std::pair<int,
// expect: path<tuple_element<1>>, capturing_lambda<
// expect: nobody can look into a lambda's captures
