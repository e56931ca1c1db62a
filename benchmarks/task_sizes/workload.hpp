// Tasks that compute for a given time, one item a task. The figure is the efficiency: half of what a plain loop takes
// for the same, in the same process, over what the contestant takes with two workers.
#ifndef BENCHMARKS_TASK_SIZES_WORKLOAD_HPP
#define BENCHMARKS_TASK_SIZES_WORKLOAD_HPP

#include <array>
#include <cmath>
#include <cstdint>
#include <stdexcept>

#include "../harness.hpp"

namespace task_sizes {

struct Task {
  std::uint64_t seed;
  std::uint64_t rounds;
};

// A chain in which each step needs the one before. Not inlined: the same code for everybody.
[[gnu::noinline]] inline std::uint64_t compute(const Task& task) {
  auto x = task.seed;
  for (std::uint64_t i = 0; i < task.rounds; ++i)
    x = x * 6364136223846793005U + 1442695040888963407U;
  return x;
}

inline double seconds_of_task(std::uint64_t rounds) {
  std::vector<double> times;
  for (std::uint64_t i = 0; i < 15; ++i)
    times.push_back(bench::seconds_of([&] { benchmark::DoNotOptimize(compute({i, rounds})); }));
  return bench::quantile(times, 0.5);
}

// Rounds of a millisecond; checked, as somebody else may have had the processor.
inline std::uint64_t rounds_of_millisecond() {
  static const std::uint64_t calibrated = [] {
    for (int attempt = 0; attempt < 10; ++attempt) {
      constexpr std::uint64_t trial = 500'000;
      const auto rounds = static_cast<std::uint64_t>(trial * 1e-3 / seconds_of_task(trial));
      if (std::abs(seconds_of_task(rounds) / 1e-3 - 1) < 0.1)
        return rounds;
    }
    throw std::runtime_error("the processor's speed is not steady");
  }();
  return calibrated;
}

struct Size {
  const char* name;
  double milliseconds;
  std::size_t tasks;
  int times; // more often where all is over soon; the median counts
};
inline constexpr std::array<Size, 5> sizes = {{{"1 us", 0.001, 20'000, 5},
                                               {"10 us", 0.01, 20'000, 5},
                                               {"0.1 ms", 0.1, 2'000, 5},
                                               {"1 ms", 1, 2'000, 1},
                                               {"10 ms", 10, 100, 1}}};

/// Contestant may have prepare(tasks), which is not timed, and rest(bool), where its workers would disturb a plain
/// loop.
template <template <auto> class Contestant> void add(std::string_view contestant) {
  for (const auto& size : sizes)
    bench::add_once(contestant, size.name, [size](benchmark::State& state) {
      Contestant<&compute> run;
      const auto rest = [&](bool stopped) {
        if constexpr (requires { run.rest(stopped); })
          run.rest(stopped);
      };
      const auto prepare = [&](const std::vector<Task>& xs) {
        if constexpr (requires { run.prepare(xs); })
          run.prepare(xs);
      };

      rest(true);
      const auto rounds = static_cast<std::uint64_t>(size.milliseconds * static_cast<double>(rounds_of_millisecond()));
      rest(false);
      std::vector<Task> tasks(bench::scaled(size.tasks));
      for (std::size_t i = 0; i < tasks.size(); ++i)
        tasks[i] = {i, rounds};
      const std::vector<Task> few(tasks.begin(), tasks.begin() + std::ssize(tasks) / 20);
      prepare(few);
      if (run(few) != bench::each_of<&compute>(few))
        bench::wrong(state);

      // The plain loop before and after, in halves, so that a drift of the processor's speed hits both alike.
      const auto middle = tasks.begin() + std::ssize(tasks) / 2;
      const std::vector<Task> first(tasks.begin(), middle);
      const std::vector<Task> second(middle, tasks.end());
      std::vector<double> efficiencies;
      std::vector<double> times;
      for (int i = 0; i < size.times; ++i) {
        std::vector<std::uint64_t> expected;
        std::vector<std::uint64_t> more;
        std::vector<std::uint64_t> results;
        rest(true);
        double serial = bench::seconds_of([&] { expected = bench::each_of<&compute>(first); });
        rest(false);
        prepare(tasks);
        times.push_back(bench::seconds_of([&] { results = run(tasks); }));
        rest(true);
        serial += bench::seconds_of([&] { more = bench::each_of<&compute>(second); });
        rest(false);
        efficiencies.push_back(serial / bench::workers / times.back());
        expected.insert(expected.end(), more.begin(), more.end());
        if (results != expected)
          bench::wrong(state);
      }
      const double time = bench::quantile(times, 0.5);
      state.counters["efficiency"] = bench::quantile(efficiencies, 0.5);
      state.counters["us_per_item"] = time * 1e6 / static_cast<double>(tasks.size());
      return time;
    });
}

} // namespace task_sizes

#endif
