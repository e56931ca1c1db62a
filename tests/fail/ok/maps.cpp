#include <crosspool/crosspool.hpp>

struct Key {
  int number;
  auto operator<=>(const Key&) const = default;
};
struct Job {
  std::map<Key, std::string> names;
  std::multimap<int, std::map<std::string, double>> tables;
};

int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  std::vector<int> results = pool.map(run, jobs);
}
