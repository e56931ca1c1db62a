#include <crosspool/crosspool.hpp>

struct Job {
  int table[2][3];
  std::array<std::string, 4> names;
  std::array<int, 0> none;
};
static_assert(crosspool::crossable<int[3]> && crosspool::crossable<Job[2][2]>);

int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  std::vector<int> results = pool.map(run, jobs);
}
