// The first and the third of three ranges.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Job {
  FAULT(std::FILE*, int) log;
};
int run(const Job&, int, FAULT(std::string_view, std::string));

void call(crosspool::fork_pool& pool, std::vector<Job> jobs, std::vector<int> numbers,
          std::vector<FAULT(std::string_view, std::string)> names) {
  pool.map(run, jobs, numbers, names); // here
}
// expect: map_argument<1>, Job, path<member<"log">>, os_handle<_IO_FILE*>, also<
// expect: also<map_argument<3>, std::string_view, path<>, view<std::string_view
