// Return types that have to be deduced, also in a class that visits more of its own kind.
#include <crosspool/crosspool.hpp>

class Step {
public:
  template <class Archive> auto& serialize(Archive& archive) { return archive(number_); }

private:
  int number_ = 0;
};
class Plan {
public:
  template <class Archive> auto serialize(Archive& archive) { archive(steps_, plans_); }

private:
  std::vector<Step> steps_;
  std::vector<Plan> plans_;
};

Plan run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  std::vector<Plan> results = pool.map(run, plans);
  Plan last = pool.apply(run, plans[0]);
}
