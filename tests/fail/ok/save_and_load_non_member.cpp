#include <crosspool/crosspool.hpp>

namespace planning {
struct Plan {
  Plan() {}
  int number = 0;
};
template <class Archive> void save(Archive& archive, const Plan& plan) {
  archive(plan.number);
}
template <class Archive> void load(Archive& archive, Plan& plan) {
  archive(plan.number);
}
} // namespace planning

planning::Plan run(const planning::Plan&);

void call(crosspool::fork_pool& pool, std::vector<planning::Plan> plans) {
  std::vector<planning::Plan> results = pool.map(run, plans);
  planning::Plan last = pool.apply(run, plans[0]);
}
