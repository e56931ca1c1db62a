#include <crosspool/crosspool.hpp>

struct Part {
  int number;
};
struct Job {
  std::unique_ptr<Part> one;
  std::shared_ptr<Part> two;
  std::weak_ptr<Part> three;
  std::shared_ptr<const Part> four;
  std::unique_ptr<std::vector<std::shared_ptr<int>>> five;
};

int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  std::vector<int> results = pool.map(run, std::move(jobs));
}
