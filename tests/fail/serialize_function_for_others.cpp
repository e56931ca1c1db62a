#include <crosspool/crosspool.hpp>

#include <cereal/archives/binary.hpp>

#include "fault.hpp"

struct Job {
  int number = 0;
  FAULT(, template <class Archive>) void serialize(FAULT(cereal::BinaryOutputArchive, Archive) & archive) {
    archive(number);
  }
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<>, serialize_function_for_others<Job>
// expect: Make it a template
