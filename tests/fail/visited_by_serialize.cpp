#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Plan {
public:
  template <class Archive> void serialize(Archive& archive) { archive(name_, file_); }

private:
  std::string name_;
  FAULT(std::FILE*, int) file_;
};
struct Job {
  int number;
  Plan plan;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"plan">, visited_by<Plan>>, os_handle<
// expect: Send a name and open it in the worker
