#ifndef BENCHMARKS_CONTESTANTS_CROSSPOOL_HPP
#define BENCHMARKS_CONTESTANTS_CROSSPOOL_HPP

#include <crosspool/crosspool.hpp>

#include <utility>

#include "../harness.hpp"

// Chunk: 0 for the default.
template <class Policy, std::size_t Chunk, auto F> class Crosspool {
public:
  template <class T> auto operator()(const std::vector<T>& xs) { return pool_.with({.chunksize = Chunk}).map(f, xs); }

private:
  // As the loops of others: the compiler sees what is called. That F's parameter is what it is counts, too.
  static constexpr auto f = [](typename bench::parameter_of<F> x) {
    return F(std::forward<bench::parameter_of<F>>(x));
  };

  crosspool::pool<Policy> pool_{bench::workers};
};

template <auto F> using ThreadOne = Crosspool<crosspool::thread, 1, F>;
template <auto F> using ForkOne = Crosspool<crosspool::fork, 1, F>;
template <auto F> using SpawnOne = Crosspool<crosspool::spawn, 1, F>;
template <auto F> using ThreadChunks = Crosspool<crosspool::thread, 0, F>;
template <auto F> using ForkChunks = Crosspool<crosspool::fork, 0, F>;
template <auto F> using SpawnChunks = Crosspool<crosspool::spawn, 0, F>;

#endif
