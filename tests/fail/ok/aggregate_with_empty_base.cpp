#include <crosspool/crosspool.hpp>

struct Marked {};
struct Job : Marked {
  int number;
  std::string name;
};

int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  std::vector<int> results = pool.map(run, jobs);
}
