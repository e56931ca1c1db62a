// What is put off.
#include <crosspool/crosspool.hpp>

#include <mutex>

#include "fault.hpp"

class Plan {
public:
  template <class Archive> void serialize(Archive& archive) {
    archive(cereal::defer(lock_));
    archive.serializeDeferments();
  }

private:
  FAULT(std::shared_ptr<std::mutex>, std::shared_ptr<int>) lock_;
};
int run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  pool.map(run, plans); // here
}
// expect: map_argument<1>, Plan, path<visited_by<Plan>, archived<std::shared_ptr<std::mutex>>, pointee>
// expect: synchronization<std::mutex>
// expect: Leave it out of what is sent
