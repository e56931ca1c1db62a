#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Job {
public:
  template <class Archive> void save(Archive& archive, std::uint32_t) const { archive(number_); }
  FAULT(, template <class Archive> void load(Archive& archive COMMA std::uint32_t) { archive(number_); })

private:
  int number_ = 0;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<>, saves_but_cannot_load<Job>
// expect: Write the load function that reads what save writes
