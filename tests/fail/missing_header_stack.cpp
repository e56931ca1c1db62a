#include <crosspool/crosspool.hpp>

#include <stack>

#ifdef CONTROL
#include <cereal/types/stack.hpp>
#endif

struct Job {
  std::optional<std::stack<int>> value;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"value">, each_element>, missing_cereal_header<std::stack<int
// expect: "cereal/types/stack.hpp"
