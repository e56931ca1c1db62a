#include <crosspool/crosspool.hpp>

#include <cereal/types/deque.hpp>
#include <cereal/types/forward_list.hpp>
#include <cereal/types/list.hpp>

struct Job {
  std::deque<int> queue;
  std::list<std::string> names;
  std::forward_list<double> weights;
};

int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  std::vector<int> results = pool.map(run, jobs);
}
