#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Job {
public:
  Job() = default;
  Job(const Job&) = FAULT(delete, default);
  template <class Archive> void serialize(Archive& archive) { archive(id_); }

private:
  int id_ = 0;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job>& jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<>, not_movable<Job>
// expect: Write a move constructor
