#include <crosspool/crosspool.hpp>

#include <cereal/types/polymorphic.hpp>

#include <fstream>

#include "fault.hpp"

struct Job {
  std::shared_ptr<FAULT(std::ofstream, std::string)> log;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"log">, pointee>, os_handle<std::ofstream
// expect: Send a name and open it in the worker
