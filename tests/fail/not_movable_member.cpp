#include <crosspool/crosspool.hpp>

#include <cereal/types/atomic.hpp>

#include "fault.hpp"

struct Part {
  FAULT(std::atomic<int>, int) count { 0 };
};
struct Job {
  int id = 0;
  Part part;
};
int run(const Job&);

std::size_t call(crosspool::fork_pool& pool, const std::vector<Job>& jobs) {
  return pool.map(run, jobs).size(); // here
}
// expect: map_argument<1>, Job, path<member<"part">, member<"count">>, not_movable<std::atomic<int>>
// expect: Write a move constructor
