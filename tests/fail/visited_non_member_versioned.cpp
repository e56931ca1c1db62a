#include <crosspool/crosspool.hpp>

#include <mutex>

#include "fault.hpp"

struct Plan {
  Plan() {}
  FAULT(std::mutex*, int) lock = {};
};
template <class Archive> void serialize(Archive& archive, Plan& plan, std::uint32_t version) {
  if (version > 0)
    archive(plan.lock);
}
int run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  pool.map(run, plans); // here
}
// expect: map_argument<1>, Plan, path<visited_by<Plan>>, raw_pointer<std::mutex*>
// expect: a raw pointer means nothing in another process
