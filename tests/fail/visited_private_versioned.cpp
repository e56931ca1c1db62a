#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Plan {
  friend class cereal::access;
  template <class Archive> void save(Archive& archive, std::uint32_t) const { archive(number_); }
  template <class Archive> void load(Archive& archive, std::uint32_t) {
    FAULT(int*, int) number{};
    archive(number);
  }
  int number_ = 0;
};
int run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  pool.map(run, plans); // here
}
// expect: map_argument<1>, Plan, path<visited_by<Plan>>, raw_pointer<int*>
// expect: a raw pointer means nothing in another process
// at most 21 lines with Clang: cereal::access stands between
