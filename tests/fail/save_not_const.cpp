// A save that is not const is none.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Job {
public:
  template <class Archive> void save(Archive& archive) FAULT(, const) { archive(number_); }
  template <class Archive> void load(Archive& archive) { archive(number_); }

private:
  int number_ = 0;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<>, loads_but_cannot_save<Job>
// expect: Write the save function, and make it const
