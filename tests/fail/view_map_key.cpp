#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Job {
  std::map<FAULT(std::string_view, std::string), int> counts;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"counts">, each_key>, view<std::string_view
// expect: Send std::string for std::string_view
