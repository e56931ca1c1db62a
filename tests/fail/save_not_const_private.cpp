#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Job {
  friend class cereal::access;
  template <class Archive> void save(Archive& archive, std::uint32_t) FAULT(, const) { archive(number_); }
  template <class Archive> void load(Archive& archive, std::uint32_t) { archive(number_); }
  int number_ = 0;
};
Job run(int);

void call(crosspool::spawn_pool& pool) {
  auto job = pool.apply(run, 1); // here
}
// expect: result, Job, path<>, loads_but_cannot_save<Job>
// expect: Write the save function, and make it const
