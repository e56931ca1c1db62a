// A destructor does not keep a class from being an aggregate; each copy would close the file.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct File {
  int descriptor = -1;
  FAULT(~File(){}, )
};
struct Job {
  std::string name;
  std::vector<File> files;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"files">, each_element>, owns_something<File>
// expect: has a destructor or an assignment of its own
// expect: or write serialize
