#include <crosspool/crosspool.hpp>

#include <functional>

#include "fault.hpp"

class Plan {
public:
  template <class Archive> void serialize(Archive& archive, const std::uint32_t version) {
    archive(name_);
    if (version >= 2)
      archive(finish_);
  }

private:
  std::string name_;
  FAULT(std::function<void()>, int) finish_;
};
CEREAL_CLASS_VERSION(Plan, 2)
int run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  pool.map(run, plans); // here
}
// expect: map_argument<1>, Plan, path<visited_by<Plan>>, type_erased<std::function<void
// expect: Pass the function object itself
