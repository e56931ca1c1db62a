#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Plan {
public:
  template <class Archive> void serialize(Archive& archive) { archive(cereal::make_map_item(name_, at_)); }

private:
  std::string name_;
  FAULT(std::vector<int>::iterator, int) at_ = {};
};
int run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  pool.map(run, plans); // here
}
// expect: map_argument<1>, Plan, path<visited_by<Plan>>
// expect: iterator<
// expect: Send the element or its index
