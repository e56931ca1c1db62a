// Only what is saved is at fault.
#include <crosspool/crosspool.hpp>

#include <mutex>

#include "fault.hpp"

class Plan {
public:
  template <class Archive> void save(Archive& archive) const { archive << number_ << lock_; }
  template <class Archive> void load(Archive& archive) { archive >> number_; }

private:
  int number_ = 0;
  FAULT(std::shared_ptr<std::mutex>, int) lock_;
};
int run(std::shared_ptr<Plan>);

void call(crosspool::fork_pool& pool, std::vector<std::shared_ptr<Plan>> plans) {
  pool.map(run, plans); // here
}
// expect: map_argument<1>, std::shared_ptr<Plan>, path<pointee, visited_by<Plan>, archived<std::shared_ptr
// expect: <std::mutex>>, pointee>, synchronization<std::mutex>
// expect: Leave it out of what is sent
