// One call on a warm, idle pool of two workers: back to back, after 1 ms, and after 100 ms in which nothing is done.
// Each call is timed by itself.
#ifndef BENCHMARKS_LATENCY_WORKLOAD_HPP
#define BENCHMARKS_LATENCY_WORKLOAD_HPP

#include <array>
#include <chrono>
#include <thread>

#include "../harness.hpp"

namespace latency {

inline int square(int x) {
  return x * x;
}

struct Pause {
  const char* name;
  int milliseconds;
  std::size_t calls;
};
inline constexpr std::array<Pause, 3> pauses = {
    {{"back to back", 0, 5'000}, {"after 1 ms", 1, 500}, {"after 100 ms", 100, 20}}};

/// Contestant has apply(x), which answers square(x).
template <class Contestant> void add(std::string_view contestant) {
  for (const auto& pause : pauses)
    bench::add_once(contestant, pause.name, [pause](benchmark::State& state) {
      Contestant pool;
      for (int i = 0; i < 100; ++i)
        if (pool.apply(i) != square(i))
          bench::wrong(state);
      std::vector<double> times(bench::scaled(pause.calls));
      int x = 0;
      for (auto& time : times) {
        if (pause.milliseconds != 0)
          std::this_thread::sleep_for(std::chrono::milliseconds(pause.milliseconds));
        x = (x + 1) % 10'000;
        int answer = 0;
        time = bench::seconds_of([&] { answer = pool.apply(x); });
        if (answer != square(x))
          bench::wrong(state);
      }
      state.counters["median_us"] = bench::quantile(times, 0.5) * 1e6;
      state.counters["p95_us"] = bench::quantile(times, 0.95) * 1e6;
      return bench::quantile(times, 0.5);
    });
}

} // namespace latency

#endif
