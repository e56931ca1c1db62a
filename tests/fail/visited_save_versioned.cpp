// An address that save makes.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Plan {
public:
  template <class Archive> void save(Archive& archive, std::uint32_t) const {
    archive << number_ << FAULT(&, ) number_;
  }
  template <class Archive> void load(Archive& archive, std::uint32_t) { archive >> number_ >> number_; }

private:
  int number_ = 0;
};
int run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  pool.map(run, plans); // here
}
// expect: map_argument<1>, Plan, path<visited_by<Plan>>, raw_pointer<const int*>
// expect: a raw pointer means nothing in another process
