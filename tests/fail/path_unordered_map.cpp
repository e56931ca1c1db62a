#include <crosspool/crosspool.hpp>

#include <cereal/types/unordered_map.hpp>

#include "fault.hpp"

struct Job {
  std::unordered_map<int, FAULT(int*, int)> values;
};
int run(const std::unique_ptr<Job>&);

void call(crosspool::fork_pool& pool, std::vector<std::unique_ptr<Job>> jobs) {
  pool.map(run, std::move(jobs)); // here
}
// expect: map_argument<1>, std::unique_ptr<Job
// expect: path<pointee, member<"values">, each_mapped_value>, raw_pointer<int*>
// expect: a raw pointer means nothing in another process
