// A thread for each call: so not for each item, where items are small, and never more than two at once.
#ifndef BENCHMARKS_CONTESTANTS_ASYNC_HPP
#define BENCHMARKS_CONTESTANTS_ASYNC_HPP

#include <array>
#include <future>

#include "../harness.hpp"

template <auto F> class Async {
public:
  std::vector<bench::result_of<F>> operator()(const std::vector<bench::argument_of<F>>& xs) {
    std::vector<bench::result_of<F>> results(xs.size());
    std::array<std::future<void>, bench::workers> running;
    for (std::size_t i = 0; i < xs.size(); ++i) {
      auto& oldest = running[i % running.size()];
      if (oldest.valid())
        oldest.get();
      oldest = std::async(std::launch::async, [&results, &xs, i] { results[i] = F(xs[i]); });
    }
    for (auto& each : running)
      if (each.valid())
        each.get();
    return results;
  }
};

template <auto F> using AsyncChunks = bench::in_chunks<Async, F>;

#endif
