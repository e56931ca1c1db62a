#include <crosspool/crosspool.hpp>

#include <complex>

#ifdef CONTROL
#include <cereal/types/complex.hpp>
#endif

struct Job {
  std::optional<std::complex<double>> value;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"value">, each_element>, missing_cereal_header<std::complex<double
// expect: "cereal/types/complex.hpp"
