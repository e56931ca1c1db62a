#include <crosspool/crosspool.hpp>

struct Job {
  int number;
  int get() const { return number; }
  int plus(int x) const { return number + x; }
};

void call(crosspool::fork_pool& pool, std::vector<Job> jobs, std::vector<int> numbers) {
  std::vector<int> a = pool.map(&Job::get, jobs);
  std::vector<int> b = pool.map(&Job::plus, jobs, numbers);
  std::vector<int> c = pool.map(&Job::number, jobs);
}
