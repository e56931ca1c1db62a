#include <crosspool/crosspool.hpp>

void call(crosspool::fork_pool& pool) {
  struct Job {
    int number;
    std::string name;
  };
  std::vector<int> results = pool.map([](const Job& job) { return job.number; }, std::vector<Job>(2));
}
