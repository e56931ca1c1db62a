#include <crosspool/crosspool.hpp>

#include <deque>
#ifdef CONTROL
#include <cereal/types/deque.hpp>
#endif

struct Job {
  std::deque<int> numbers;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"numbers">>, missing_cereal_header<std::deque<int
// expect: "cereal/types/deque.hpp"
// expect: the cereal header that serializes it is not included
