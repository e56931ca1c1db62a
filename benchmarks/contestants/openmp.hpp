#ifndef BENCHMARKS_CONTESTANTS_OPENMP_HPP
#define BENCHMARKS_CONTESTANTS_OPENMP_HPP

#include "../harness.hpp"

template <auto F> class OpenmpTasks {
public:
  std::vector<bench::result_of<F>> operator()(const std::vector<bench::argument_of<F>>& xs) {
    std::vector<bench::result_of<F>> results(xs.size());
#pragma omp parallel num_threads(bench::workers)
#pragma omp single
    for (std::size_t i = 0; i < xs.size(); ++i) {
#pragma omp task firstprivate(i) shared(results, xs)
      results[i] = F(xs[i]);
    }
    return results;
  }
};

template <auto F> class OpenmpFor {
public:
  std::vector<bench::result_of<F>> operator()(const std::vector<bench::argument_of<F>>& xs) {
    std::vector<bench::result_of<F>> results(xs.size());
#pragma omp parallel for num_threads(bench::workers)
    for (std::size_t i = 0; i < xs.size(); ++i)
      results[i] = F(xs[i]);
    return results;
  }
};

#endif
