// A class template.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

template <class T> class Plan {
public:
  template <class Archive> void serialize(Archive& archive) { archive(parts_); }

private:
  std::map<std::string, T> parts_;
};
using Part = FAULT(std::FILE*, int);
int run(const Plan<Part>&);

void call(crosspool::spawn_pool& pool, std::vector<Plan<Part>> plans) {
  pool.map(run, plans); // here
}
// expect: map_argument<1>, Plan<_IO_FILE*>, path<visited_by<Plan<_IO_FILE*>>, archived<std::map<
// expect: each_mapped_value>, os_handle<
// expect: Send a name and open it in the worker
