#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Job {
public:
  explicit Job(int number FAULT(, = 0)) : number_(number) {}
  template <class Archive> void serialize(Archive& archive) { archive(number_); }

private:
  int number_;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<>, not_default_constructible<Job>
// expect: Give it a default constructor
