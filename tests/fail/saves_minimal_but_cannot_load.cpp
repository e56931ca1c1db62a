#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Id {
public:
  template <class Archive> int save_minimal(const Archive&) const { return number_; }
  FAULT(, template <class Archive> void load_minimal(const Archive& COMMA const int& number) { number_ = number; })

private:
  int number_ = 0;
};
struct Job {
  std::vector<Id> ids;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"ids">, each_element>, saves_but_cannot_load<Id>
// expect: Write the load function that reads what save writes
