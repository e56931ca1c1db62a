#include <crosspool/crosspool.hpp>

struct Job {
  std::tuple<> nothing;
  std::tuple<int, std::tuple<std::string, double>> nested;
  std::pair<std::pair<int, int>, std::string> pair;
};

int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  std::vector<int> results = pool.map(run, jobs);
}
