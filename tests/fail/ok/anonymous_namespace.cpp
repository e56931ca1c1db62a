#include <crosspool/crosspool.hpp>

namespace {
struct Job {
  int number;
  std::string name;
};
class Plan {
public:
  template <class Archive> void serialize(Archive& archive) { archive(number_); }

private:
  int number_ = 0;
};
int run(const Job& job, const Plan&) {
  return job.number;
}
} // namespace

void call(crosspool::fork_pool& pool) {
  std::vector<int> results = pool.map(run, std::vector<Job>(2), std::vector<Plan>(2));
}
