// Two in one call of the archive: both are named.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Plan {
public:
  template <class Archive> void serialize(Archive& archive) { archive(file_, number_, at_); }

private:
  FAULT(std::FILE*, int) file_ = {};
  int number_ = 0;
  FAULT(char*, char) at_ = {};
};
int run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  pool.map(run, plans); // here
}
// expect: map_argument<1>, Plan, path<visited_by<Plan>>, os_handle<_IO_FILE*>, also<
// expect: also<map_argument<1>, Plan, path<visited_by<Plan>>, raw_pointer<char*>>
