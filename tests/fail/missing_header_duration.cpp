// Under the name that the user wrote, too, this is a duration.
#include <crosspool/crosspool.hpp>

#include <chrono>
#ifdef CONTROL
#include <cereal/types/chrono.hpp>
#endif

struct Job {
  std::chrono::milliseconds limit;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"limit">>
// expect: missing_cereal_header<std::chrono::duration<
// expect: "cereal/types/chrono.hpp"
