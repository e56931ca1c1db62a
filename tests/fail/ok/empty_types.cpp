#include <crosspool/crosspool.hpp>

struct Nothing {};
struct Job {
  Nothing nothing;
  std::vector<Nothing> many;
  std::monostate state;
};
Nothing run_one(Nothing);

int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  std::vector<int> results = pool.map(run, jobs);
}
void call(crosspool::fork_pool& pool) {
  static_cast<void>(pool.apply(run_one, Nothing{}));
}
