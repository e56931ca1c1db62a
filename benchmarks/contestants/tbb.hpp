// The thread that waits is one of oneTBB's workers, so that two are it and another.
#ifndef BENCHMARKS_CONTESTANTS_TBB_HPP
#define BENCHMARKS_CONTESTANTS_TBB_HPP

#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_group.h>

#include "../harness.hpp"

// For as long as the program runs.
inline void two_tbb_threads() {
  static const tbb::global_control control{tbb::global_control::max_allowed_parallelism, bench::workers};
}

template <auto F> class TbbTaskGroup {
public:
  TbbTaskGroup() { two_tbb_threads(); }

  std::vector<bench::result_of<F>> operator()(const std::vector<bench::argument_of<F>>& xs) {
    std::vector<bench::result_of<F>> results(xs.size());
    tbb::task_group group;
    for (std::size_t i = 0; i < xs.size(); ++i)
      group.run([&results, &xs, i] { results[i] = F(xs[i]); });
    group.wait();
    return results;
  }
};

template <auto F> class TbbParallelFor {
public:
  TbbParallelFor() { two_tbb_threads(); }

  std::vector<bench::result_of<F>> operator()(const std::vector<bench::argument_of<F>>& xs) {
    std::vector<bench::result_of<F>> results(xs.size());
    tbb::parallel_for(tbb::blocked_range<std::size_t>(0, xs.size()), [&](const auto& range) {
      for (auto i = range.begin(); i < range.end(); ++i)
        results[i] = F(xs[i]);
    });
    return results;
  }
};

#endif
