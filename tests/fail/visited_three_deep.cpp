#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Part {
public:
  template <class Archive> void serialize(Archive& archive) { archive(file_); }

private:
  FAULT(std::FILE*, int) file_ = {};
};
class Step {
public:
  template <class Archive> void serialize(Archive& archive) { archive(part_); }

private:
  Part part_;
};
class Plan {
public:
  template <class Archive> void serialize(Archive& archive) { archive(step_); }

private:
  Step step_;
};
int run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  pool.map(run, plans); // here
}
// expect: map_argument<1>, Plan, path<visited_by<Part>>, os_handle<
// expect: Send a name and open it in the worker
// at most 19 lines with GNU: two classes stand between
// at most 17 lines with Clang: two classes stand between
