// A lambda in a value.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

template <class F> struct Job {
  int number;
  F finish;
};
struct run {
  template <class F> int operator()(Job<F> job) const { return job.number; }
};

void call(crosspool::fork_pool& pool, int x) {
  const auto finish = [FAULT(x, )] { return FAULT(x, 1); };
  std::vector jobs{Job<std::remove_const_t<decltype(finish)>>{x, finish}};
  pool.map(run{}, jobs); // here
}
// expect: map_argument<1>, Job<
// expect: path<member<"finish">>, capturing_lambda<
// expect: nobody can look into a lambda's captures
