#include <crosspool/crosspool.hpp>

#include <cereal/types/queue.hpp>
#include <cereal/types/stack.hpp>

struct Job {
  std::queue<int> queue;
  std::stack<int> stack;
  std::priority_queue<int> largest;
};

int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  std::vector<int> results = pool.map(run, jobs);
}
