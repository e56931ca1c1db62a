// What a user of the installed package writes: one pool that forks, one that spawns.
#include <crosspool/crosspool.hpp>

#include <cstdio>
#include <string>
#include <vector>

struct job {
  std::string word;
  std::vector<int> numbers;
};

int total(const job& j) {
  int sum = static_cast<int>(j.word.size());
  for (const int n : j.numbers)
    sum += n;
  return sum;
}

template <class Pool> bool works(const char* name) {
  Pool pool{2};
  const std::vector<job> jobs{{"one", {1, 2}}, {"three", {}}, {"", {7}}};
  const bool right = pool.map(total, jobs) == std::vector{6, 5, 7} && pool.apply(total, jobs[0]) == 6;
  std::printf("%s: %s\n", name, right ? "ok" : "wrong results");
  return right;
}

int main(int argc, char** argv) {
  crosspool::init(argc, argv);
  const bool forked = works<crosspool::fork_pool>("fork_pool");
  const bool spawned = works<crosspool::spawn_pool>("spawn_pool");
  return forked && spawned ? 0 : 1;
}
