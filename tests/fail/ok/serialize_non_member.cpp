#include <crosspool/crosspool.hpp>

namespace planning {
class Plan {
public:
  int number = 0;
  Plan() {}
};
template <class Archive> void serialize(Archive& archive, Plan& plan) {
  archive(plan.number);
}
} // namespace planning

planning::Plan run(const planning::Plan&);

void call(crosspool::fork_pool& pool, std::vector<planning::Plan> plans) {
  std::vector<planning::Plan> results = pool.map(run, plans);
  planning::Plan last = pool.apply(run, plans[0]);
}
