// In a function that the class's own calls.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

template <class Archive, class T> void put_all(Archive& archive, T& values) {
  for (auto& each : values)
    archive(each);
}
class Plan {
public:
  template <class Archive> void serialize(Archive& archive) { put_all(archive, files_); }

private:
  FAULT(std::FILE*, int) files_[2] = {};
};
int run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  pool.map(run, plans); // here
}
// expect: map_argument<1>, Plan, path<visited_by<Plan>>, os_handle<
// expect: Send a name and open it in the worker
// at most 18 lines with Clang: a function of the class stands between
