// What is refused for ranks is refused in words of processes, with the policy among them.
#include <crosspool/crosspool.hpp>
#include <crosspool/mpi.hpp>

#include "../fault.hpp"

struct Job {
  int id;
  FAULT(int*, std::vector<int>) data;
};
int run(const Job&);

void call(std::vector<Job> jobs, crosspool::mpi_pool& pool) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"data">>, raw_pointer<int*>
// expect: pool<mpi>
// expect: Send what it points to
