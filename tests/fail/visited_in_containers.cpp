#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Plan {
public:
  template <class Archive> void serialize(Archive& archive) { archive(name_); }

private:
  FAULT(char*, char) name_ = {};
};
struct Job {
  std::map<int, std::vector<std::optional<Plan>>> plans;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"plans">, each_mapped_value, each_element, each_element, visited_by<Plan>>
// expect: raw_pointer<char*>
// expect: a raw pointer means nothing in another process
