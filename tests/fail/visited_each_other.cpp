// Two classes that visit each other.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Plan;
class Step {
public:
  template <class Archive> void serialize(Archive& archive) { archive(plans_, at_); }

private:
  std::vector<Plan> plans_;
  FAULT(const char*, char) at_ = {};
};
class Plan {
public:
  template <class Archive> void serialize(Archive& archive) { archive(steps_); }

private:
  std::vector<Step> steps_;
};
int run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  pool.map(run, plans); // here
}
// expect: map_argument<1>, Plan, path<visited_by<Step>>, raw_pointer<const char*>
// expect: a raw pointer means nothing in another process
// at most 16 lines with GNU: a class stands between
