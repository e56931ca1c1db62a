#include <crosspool/crosspool.hpp>

struct Job {
  const int id;
  const std::string name;
  std::vector<int> numbers;
};
Job run_one(int);

int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  std::vector<int> results = pool.map(run, jobs);
}
void call(crosspool::spawn_pool& pool, std::vector<int> numbers) {
  std::vector<Job> jobs = pool.map(run_one, numbers);
}
