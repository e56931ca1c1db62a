// Only what is loaded is at fault, in a function outside the class, with a version.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

namespace planning {
struct Plan {
  Plan() {}
  int number = 0;
};
template <class Archive> void save(Archive& archive, const Plan& plan, std::uint32_t) {
  archive(plan.number);
}
template <class Archive> void load(Archive& archive, Plan& plan, std::uint32_t) {
  FAULT(std::string_view, int) number{};
  archive & plan.number & number;
}
} // namespace planning
planning::Plan run(int);

void call(crosspool::fork_pool& pool, std::vector<int> numbers) {
  pool.map(run, numbers); // here
}
// expect: result, planning::Plan, path<visited_by<planning::Plan>>, view<std::string_view>
// expect: Send std::string for std::string_view
