// The value travels, not the place.
#include <crosspool/crosspool.hpp>

#include <cereal/types/atomic.hpp>

struct Job {
  std::atomic<int> count{0};
};
int run(const std::unique_ptr<Job>&);

void call(crosspool::fork_pool& pool, std::vector<std::unique_ptr<Job>> jobs) {
  std::vector<int> results = pool.map(run, std::move(jobs));
}
