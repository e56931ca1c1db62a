#ifndef BENCHMARKS_CONTESTANTS_BS_HPP
#define BENCHMARKS_CONTESTANTS_BS_HPP

#include <BS_thread_pool.hpp>

#include "../harness.hpp"

template <auto F> class BsTasks {
public:
  std::vector<bench::result_of<F>> operator()(const std::vector<bench::argument_of<F>>& xs) {
    std::vector<bench::result_of<F>> results(xs.size());
    for (std::size_t i = 0; i < xs.size(); ++i)
      pool_.detach_task([&results, &xs, i] { results[i] = F(xs[i]); });
    pool_.wait();
    return results;
  }
  bench::result_of<F> apply(const bench::argument_of<F>& x) {
    return pool_.submit_task([&x] { return F(x); }).get();
  }

private:
  BS::thread_pool<> pool_{bench::workers};
};

template <auto F> class BsBlocks {
public:
  std::vector<bench::result_of<F>> operator()(const std::vector<bench::argument_of<F>>& xs) {
    std::vector<bench::result_of<F>> results(xs.size());
    pool_.detach_loop(std::size_t{0}, xs.size(), [&results, &xs](std::size_t i) { results[i] = F(xs[i]); });
    pool_.wait();
    return results;
  }

private:
  BS::thread_pool<> pool_{bench::workers};
};

#endif
