// A class that a class visits.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Step {
public:
  template <class Archive> void serialize(Archive& archive) { archive(file_); }

private:
  FAULT(std::FILE*, int) file_ = {};
};
class Plan {
public:
  template <class Archive> void serialize(Archive& archive) { archive(steps_); }

private:
  std::vector<Step> steps_;
};
int run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  pool.map(run, plans); // here
}
// expect: map_argument<1>, Plan, path<visited_by<Step>>, os_handle<
// expect: Send a name and open it in the worker
// at most 16 lines with GNU: a class stands between
