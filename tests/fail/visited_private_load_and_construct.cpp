#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Plan {
  friend class cereal::access;
  explicit Plan(int number) : number_(number) {}
  template <class Archive> void serialize(Archive& archive, std::uint32_t) { archive(number_); }
  template <class Archive>
  static void load_and_construct(Archive& archive, cereal::construct<Plan>& construct, std::uint32_t) {
    FAULT(int*, int) number{};
    archive(number);
    construct(0);
  }
  int number_ = 0;
};
int run(const std::unique_ptr<Plan>&);

void call(crosspool::fork_pool& pool, std::vector<std::unique_ptr<Plan>> plans) {
  pool.map(run, std::move(plans)); // here
}
// expect: map_argument<1>, std::unique_ptr<Plan
// expect: path<pointee, visited_by<Plan>>, raw_pointer<int*>
// expect: a raw pointer means nothing in another process
// at most 18 lines with Clang: cereal::access stands between
