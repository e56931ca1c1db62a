#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Base {
  friend class cereal::access;
  template <class Archive> void serialize(Archive& archive) { archive(number_); }
  int number_ = 0;
};
class Derived : public Base {
  FAULT(int more_ = 0;, )
};
struct Job {
  Derived derived;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"derived">>, inherited_serialize_function<Derived>
// expect: what it adds would stay behind
