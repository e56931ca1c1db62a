// Functions of its own keep the mutex from being sent, but not from being in the way.
#include <crosspool/crosspool.hpp>

#include <mutex>

#include "fault.hpp"

struct Job {
  int id = 0;
  FAULT(std::mutex, int) mutex {};
  template <class Archive> void serialize(Archive& archive) { archive(id); }
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::deque<Job>& jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"mutex">>, not_movable<std::mutex>
// expect: Write a move constructor
