// Inside what the function puts into the archive.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Node {
  FAULT(const Node*, int) parent;
};
class Plan {
public:
  template <class Archive> void serialize(Archive& archive) { archive(CEREAL_NVP(nodes_)); }

private:
  std::vector<Node> nodes_;
};
int run(const Plan&);

void call(crosspool::fork_pool& pool, std::map<int, Plan> plans) {
  pool.apply(run, plans[1]); // here
}
// expect: apply_argument<1>, Plan, path<visited_by<Plan>, archived<std::vector<Node
// expect: each_element, member<"parent">>, raw_pointer<const Node*>
// expect: Send what it points to by value
