#include <crosspool/crosspool.hpp>

#include "fault.hpp"

namespace planning {
struct Plan {
  Plan() {}
  FAULT(std::string_view, std::string) name;
};
template <class Archive> void serialize(Archive& archive, Plan& plan) {
  archive(plan.name);
}
} // namespace planning
int run(const planning::Plan&);

void call(crosspool::fork_pool& pool, std::vector<planning::Plan> plans) {
  pool.map(run, plans); // here
}
// expect: map_argument<1>, planning::Plan, path<visited_by<planning::Plan>>, view<std::string_view
// expect: Send std::string for std::string_view
