#include <crosspool/crosspool.hpp>

#include <cereal/types/base_class.hpp>

#include "fault.hpp"

struct First {
  int a = 0;
  template <class Archive> void serialize(Archive& archive) { archive(a); }
};
struct Second : First {
  FAULT(int b = 0;, )
};
struct Job : Second {
  int c = 0;
  template <class Archive> void serialize(Archive& archive) { archive(cereal::base_class<Second>(this), c); }
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<visited_by<Job>>, inherited_serialize_function<Second>
// expect: what it adds would stay behind
