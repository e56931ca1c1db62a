// Behind a name.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Plan {
public:
  template <class Archive> void serialize(Archive& archive) {
    archive(cereal::make_nvp("number", number_), cereal::make_nvp("file", file_));
  }

private:
  int number_ = 0;
  FAULT(std::FILE*, int) file_ = {};
};
int run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  pool.map(run, plans); // here
}
// expect: map_argument<1>, Plan, path<visited_by<Plan>>, os_handle<
// expect: Send a name and open it in the worker
