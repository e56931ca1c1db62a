#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Job {
  Job() {}
  int number = 0;
};
template <class Archive> void save(Archive& archive, FAULT(, const) Job& job) {
  archive(job.number);
}
template <class Archive> void load(Archive& archive, Job& job) {
  archive(job.number);
}
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<>, loads_but_cannot_save<Job>
// expect: Write the save function, and make it const
