#include <crosspool/crosspool.hpp>

#include <cereal/types/unordered_map.hpp>
#include <cereal/types/unordered_set.hpp>

struct Job {
  std::unordered_map<std::string, std::unordered_set<int>> groups;
  std::unordered_multimap<int, int> pairs;
  std::unordered_multiset<std::string> words;
};

int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  std::vector<int> results = pool.map(run, jobs);
}
