// A class that visits more of its own kind.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Plan {
public:
  template <class Archive> void serialize(Archive& archive) { archive(parts_, next_, owner_); }

private:
  std::vector<Plan> parts_;
  std::unique_ptr<Plan> next_;
  FAULT(Plan*, int) owner_ = {};
};
int run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  pool.map(run, std::move(plans)); // here
}
// expect: map_argument<1>, Plan, path<visited_by<Plan>>, raw_pointer<Plan*>
// expect: a raw pointer means nothing in another process
