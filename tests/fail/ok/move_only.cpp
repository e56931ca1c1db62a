#include <crosspool/crosspool.hpp>

struct Job {
  std::unique_ptr<int> number;
  std::string name;
};
std::unique_ptr<Job> run(Job);
int take(std::unique_ptr<int>&&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs, std::unique_ptr<int> number) {
  std::vector<std::unique_ptr<Job>> results = pool.map(run, std::move(jobs));
  crosspool::future<std::vector<std::unique_ptr<Job>>> later = pool.map_async(run, std::vector<Job>(3));
  int result = pool.apply(take, std::move(number));
  static_cast<void>(result);
}
