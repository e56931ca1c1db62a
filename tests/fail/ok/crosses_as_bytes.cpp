#include <crosspool/crosspool.hpp>

struct Model {
  int weights[9];
};
template <> inline constexpr bool crosspool::crosses_as_bytes<const Model*> = true;
struct Job {
  const Model* model;
  std::vector<const Model*> more;
};
static_assert(crosspool::crossable<Job>);
static_assert(!crosspool::crossable<Model*>);

int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  std::vector<int> results = pool.map(run, jobs);
}
