// Where members are a base's and the aggregate's own, no structured binding names them.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Base {
  int number;
};
struct Job FAULT( : Base, ) {
  std::string name;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<>, aggregate_that_cannot_be_opened<Job>
// expect: it has a base class
// expect: cereal::base_class<Base>(this)
