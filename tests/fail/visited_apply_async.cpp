#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Plan {
public:
  template <class Archive> void serialize(Archive& archive) { archive(name_); }

private:
  FAULT(char*, char) name_ = {};
};
int run(int, const Plan&);

void call(crosspool::spawn_pool& pool, const Plan& plan) {
  auto number = pool.apply_async(run, 1, plan); // here
}
// expect: apply_argument<2>, Plan, path<visited_by<Plan>>, raw_pointer<char*>
// expect: a raw pointer means nothing in another process
