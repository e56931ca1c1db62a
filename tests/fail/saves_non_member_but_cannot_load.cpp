#include <crosspool/crosspool.hpp>

struct Job {
  Job() {}
  int number = 0;
};
template <class Archive> void save(Archive& archive, const Job& job) {
  archive(job.number);
}
#ifdef CONTROL
template <class Archive> void load(Archive& archive, Job& job) {
  archive(job.number);
}
#endif
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<>, saves_but_cannot_load<Job>
// expect: Write the load function that reads what save writes
