#include <crosspool/crosspool.hpp>

struct Job {
  std::optional<std::optional<int>> perhaps;
  std::variant<std::monostate, int, std::vector<std::string>> either;
};
std::variant<int, std::string> run_one(const std::optional<int>&);

int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  std::vector<int> results = pool.map(run, jobs);
}
void call(crosspool::spawn_pool& pool) {
  std::variant<int, std::string> result = pool.apply(run_one, std::optional<int>(1));
}
