// A long name of a header, whole.
#include <crosspool/crosspool.hpp>

#include <unordered_set>
#ifdef CONTROL
#include <cereal/types/unordered_set.hpp>
#endif

struct Job {
  std::unordered_set<int> numbers;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"numbers">>, missing_cereal_header<std::unordered_set<int
// expect: "cereal/types/unordered_set.hpp"
