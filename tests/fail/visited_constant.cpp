// A serialize that is const: nothing can be loaded by it.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Plan {
public:
  template <class Archive> void serialize(Archive& archive) FAULT(const, ) { archive(number_); }

private:
  int number_ = 0;
};
int run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  pool.map(run, plans); // here
}
// expect: map_argument<1>, Plan, path<visited_by<Plan>>, constant<const int>
// expect: Drop the const
