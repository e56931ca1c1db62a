// What is saved is an int, what is loaded a long.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

namespace planning {
struct Id {
  explicit Id(int);
  Id() {}
  int number = 0;
};
template <class Archive> int save_minimal(const Archive&, const Id& id) {
  return id.number;
}
template <class Archive> void load_minimal(const Archive&, Id& id, const FAULT(long, int) & number) {
  id.number = static_cast<int>(number);
}
} // namespace planning
int run(const planning::Id&);

void call(crosspool::fork_pool& pool, std::vector<planning::Id> ids) {
  pool.map(run, ids); // here
}
// expect: map_argument<1>, planning::Id, path<>, saves_but_cannot_load<planning::Id>
// expect: Write the load function that reads what save writes
