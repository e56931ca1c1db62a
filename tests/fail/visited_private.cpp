// A function that only cereal can call.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Plan {
  friend class cereal::access;
  template <class Archive> void serialize(Archive& archive) { archive(name_, file_); }
  std::string name_;
  FAULT(std::FILE*, int) file_;
};
int run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  pool.map(run, plans); // here
}
// expect: map_argument<1>, Plan, path<visited_by<Plan>>, os_handle<
// expect: Send a name and open it in the worker
// at most 21 lines with Clang: cereal::access stands between
