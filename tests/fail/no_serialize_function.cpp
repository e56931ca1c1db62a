#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Job {
public:
  int number() const;
  FAULT(, template <class Archive> void serialize(Archive& archive) { archive(number_); })

private:
  int number_ = 0;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<>, no_serialize_function<Job>
// expect: void serialize(Archive& archive)
