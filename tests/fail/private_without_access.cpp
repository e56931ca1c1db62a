// A private function, and cereal is no friend.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Job {
  FAULT(, friend class cereal::access;)
  template <class Archive> void serialize(Archive& archive) { archive(number_); }
  int number_ = 0;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<>, no_serialize_function<Job>
// expect: Write in it: template <class Archive>
