#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Step {
public:
  int number() const;
  FAULT(, template <class Archive> void serialize(Archive& archive) { archive(number_); })

private:
  int number_ = 0;
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
// expect: map_argument<1>, Plan, path<visited_by<Plan>, archived<std::vector<Step
// expect: each_element>, no_serialize_function<Step>
// expect: void serialize(Archive& archive)
