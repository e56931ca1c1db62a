#ifndef BENCHMARKS_CONTESTANTS_TASKFLOW_HPP
#define BENCHMARKS_CONTESTANTS_TASKFLOW_HPP

#include <taskflow/algorithm/for_each.hpp>
#include <taskflow/taskflow.hpp>

#include "../harness.hpp"

template <auto F> class TaskflowTasks {
public:
  std::vector<bench::result_of<F>> operator()(const std::vector<bench::argument_of<F>>& xs) {
    std::vector<bench::result_of<F>> results(xs.size());
    for (std::size_t i = 0; i < xs.size(); ++i)
      executor_.silent_async([&results, &xs, i] { results[i] = F(xs[i]); });
    executor_.wait_for_all();
    return results;
  }
  bench::result_of<F> apply(const bench::argument_of<F>& x) {
    return executor_.async([&x] { return F(x); }).get();
  }

private:
  tf::Executor executor_{bench::workers};
};

template <auto F> class TaskflowFor {
public:
  std::vector<bench::result_of<F>> operator()(const std::vector<bench::argument_of<F>>& xs) {
    std::vector<bench::result_of<F>> results(xs.size());
    tf::Taskflow flow;
    flow.for_each_index(std::size_t{0}, xs.size(), std::size_t{1},
                        [&results, &xs](std::size_t i) { results[i] = F(xs[i]); });
    executor_.run(flow).wait();
    return results;
  }

private:
  tf::Executor executor_{bench::workers};
};

#endif
