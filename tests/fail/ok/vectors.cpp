#include <crosspool/crosspool.hpp>

struct Job {
  std::vector<bool> flags;
  std::vector<std::vector<std::vector<double>>> cube;
  std::vector<std::pair<std::string, std::vector<int>>> rows;
};

int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  std::vector<int> results = pool.map(run, jobs);
}
