#include <crosspool/crosspool.hpp>

#include <bitset>

#ifdef CONTROL
#include <cereal/types/bitset.hpp>
#endif

struct Job {
  std::optional<std::bitset<9>> value;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"value">, each_element>, missing_cereal_header<std::bitset<9
// expect: "cereal/types/bitset.hpp"
