#include <crosspool/crosspool.hpp>

#include <cereal/types/bitset.hpp>
#include <cereal/types/complex.hpp>
#include <cereal/types/valarray.hpp>

struct Job {
  std::complex<double> z;
  std::valarray<float> samples;
  std::bitset<9> bits;
};

int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  std::vector<int> results = pool.map(run, jobs);
}
