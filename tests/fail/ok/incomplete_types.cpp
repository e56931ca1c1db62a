#include <crosspool/crosspool.hpp>

struct Hidden;
static_assert(!crosspool::crossable<Hidden>);
static_assert(!crosspool::crossable<std::unique_ptr<Hidden>>);
struct Node {
  std::vector<Node> nodes;
  std::shared_ptr<Node> next;
};
static_assert(crosspool::crossable<Node>);
int run(Hidden*);

void call(crosspool::thread_pool& pool, std::vector<Hidden*> hidden) {
  std::vector<int> results = pool.map(run, hidden);
}
