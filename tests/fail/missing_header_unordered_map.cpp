// A long name of a header, whole.
#include <crosspool/crosspool.hpp>

#include <unordered_map>
#ifdef CONTROL
#include <cereal/types/unordered_map.hpp>
#endif

struct Job {
  std::unordered_map<int, int> counts;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"counts">>, missing_cereal_header<std::unordered_map<int, int
// expect: "cereal/types/unordered_map.hpp"
