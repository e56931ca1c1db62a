#include <crosspool/crosspool.hpp>

#include <cereal/types/chrono.hpp>

struct Job {
  std::chrono::milliseconds limit;
  std::chrono::duration<double, std::ratio<1, 3>> thirds;
  std::chrono::system_clock::time_point start;
};

int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  std::vector<int> results = pool.map(run, jobs);
}
