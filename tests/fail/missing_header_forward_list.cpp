#include <crosspool/crosspool.hpp>

#include <forward_list>

#ifdef CONTROL
#include <cereal/types/forward_list.hpp>
#endif

struct Job {
  std::optional<std::forward_list<int>> value;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"value">, each_element>, missing_cereal_header<std::forward_list<int
// expect: "cereal/types/forward_list.hpp"
