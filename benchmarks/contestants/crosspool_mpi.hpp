// A pool of the mpi policy over the ranks of the job: of three (see run.py), two serve, and each has one worker
// process. So as many processes compute as with the master and workers by hand, whose ranks compute themselves.
#ifndef BENCHMARKS_CONTESTANTS_CROSSPOOL_MPI_HPP
#define BENCHMARKS_CONTESTANTS_CROSSPOOL_MPI_HPP

#include <crosspool/mpi.hpp>

#include <stdexcept>
#include <utility>

#include "../harness.hpp"

// Chunk: 0 for the default.
template <std::size_t Chunk, auto F> class CrosspoolMpi {
public:
  CrosspoolMpi() {
    if (pool_.workers() != bench::workers)
      throw std::runtime_error("run this with mpirun -n 3");
  }

  template <class T> auto operator()(const std::vector<T>& xs) { return pool_.with({.chunksize = Chunk}).map(f, xs); }

  bench::result_of<F> apply(const bench::argument_of<F>& x) { return pool_.apply(f, x); }

private:
  static constexpr auto f = [](typename bench::parameter_of<F> x) {
    return F(std::forward<bench::parameter_of<F>>(x));
  };

  crosspool::mpi_pool pool_{1};
};

template <auto F> using MpiPoolOne = CrosspoolMpi<1, F>;
template <auto F> using MpiPoolChunks = CrosspoolMpi<0, F>;

#endif
