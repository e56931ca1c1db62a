// Types that contain themselves, and each other.
#include <crosspool/crosspool.hpp>

struct Tree {
  std::vector<Tree> branches;
  std::unique_ptr<Tree> twin;
  std::map<std::string, Tree> named;
  std::shared_ptr<Tree> shared;
};
struct Even;
struct Odd {
  std::vector<Even> evens;
};
struct Even {
  std::vector<Odd> odds;
};
std::unique_ptr<Tree> grow(const Tree&, const Even&);

void call(crosspool::fork_pool& pool, std::vector<Tree> trees, std::vector<Even> evens) {
  std::vector<std::unique_ptr<Tree>> results = pool.map(grow, std::move(trees), evens);
}
