#include <crosspool/crosspool.hpp>

#include <cereal/types/set.hpp>

struct Job {
  std::set<int> numbers;
  std::multiset<std::string, std::greater<>> names;
};

int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  std::vector<int> results = pool.map(run, jobs);
}
