#include <crosspool/crosspool.hpp>

#include <cereal/types/base_class.hpp>

#include "fault.hpp"

struct Base {
  int number = 0;
  FAULT(const int*, int) at = {};
};
class Plan : public virtual Base {
public:
  template <class Archive> void serialize(Archive& archive) { archive(cereal::virtual_base_class<Base>(this), name_); }

private:
  std::string name_;
};
int run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  pool.map(run, plans); // here
}
// expect: map_argument<1>, Plan, path<visited_by<Plan>, archived<Base>, member<"at">>, raw_pointer<const int*>
// expect: a raw pointer means nothing in another process
