#include <crosspool/crosspool.hpp>

#include <valarray>

#ifdef CONTROL
#include <cereal/types/valarray.hpp>
#endif

struct Job {
  std::optional<std::valarray<double>> value;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"value">, each_element>, missing_cereal_header<std::valarray<double
// expect: "cereal/types/valarray.hpp"
