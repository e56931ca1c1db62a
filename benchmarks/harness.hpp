// What all contestants share: the command line, the clock, and the check. A wrong answer is an error, and no time.
#ifndef BENCHMARKS_HARNESS_HPP
#define BENCHMARKS_HARNESS_HPP

#include <algorithm>
#include <benchmark/benchmark.h>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace bench {

inline constexpr int workers = 2;

// --quick: less of everything, to see that it runs. --full: also what takes minutes.
inline bool quick = false;
inline bool full = false;

/// Call first in main (after crosspool::init).
inline void start(int argc, char** argv) {
  int kept = 1;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--quick")
      quick = true;
    else if (argument == "--full")
      full = true;
    else
      argv[kept++] = argv[i];
  }
  benchmark::Initialize(&kept, argv);
  if (benchmark::ReportUnrecognizedArguments(kept, argv))
    std::exit(2);
}

inline int run() {
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

/// How many of something there are: a tenth with --quick.
inline std::size_t scaled(std::size_t n) {
  return quick ? std::max<std::size_t>(n / 10, 1) : n;
}

inline double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
template <class F> double seconds_of(F&& f) {
  const double begin = now();
  f();
  return now() - begin;
}

/// The value below which the given share of the samples lies.
inline double quantile(std::vector<double> samples, double share) {
  if (samples.empty())
    return 0;
  const auto at = samples.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(samples.size() - 1));
  std::nth_element(samples.begin(), at, samples.end());
  return *at;
}

/// Registers body(state), which sets the time, as the benchmark "contestant/variant". An exception is its error.
template <class Body> auto* register_as(std::string_view contestant, std::string_view variant, Body body) {
  const auto name = std::string(contestant) + "/" + std::string(variant);
  const auto guarded = [body](benchmark::State& state) {
    try {
      body(state);
    } catch (const std::exception& e) {
      state.SkipWithError(e.what());
    }
  };
  return benchmark::RegisterBenchmark(name.c_str(), guarded)->UseManualTime();
}
/// A body that is repeated until the times are long enough to say something.
template <class Body> void add(std::string_view contestant, std::string_view variant, Body body) {
  register_as(contestant, variant, body)->MinTime(quick ? 0.01 : 0.3);
}
/// A body that repeats by itself what it measures, and returns the time.
template <class Body> void add_once(std::string_view contestant, std::string_view variant, Body body) {
  const auto once = [body](benchmark::State& state) {
    for (auto _ : state)
      state.SetIterationTime(body(state));
  };
  register_as(contestant, variant, once)->Iterations(1);
}

inline void wrong(benchmark::State& state) {
  state.SkipWithError("wrong answer");
}

/// The median time of run(), whose result is looked at by right(result), untimed. A first run warms up. 0 after a wrong
/// answer.
template <class Run, class Right> double measure(benchmark::State& state, Run run, Right right) {
  std::vector<double> times;
  bool ok = true;
  const auto once = [&] {
    const double begin = now();
    const auto result = run();
    const double time = now() - begin;
    if (!right(result)) {
      wrong(state);
      ok = false;
    }
    return time;
  };
  once();
  for (auto _ : state) {
    const double time = once();
    state.SetIterationTime(time);
    times.push_back(time);
    if (!ok)
      break;
  }
  return ok ? quantile(times, 0.5) : 0;
}

// ---- what a contestant knows of the function it is given as a template's argument ----

template <class F> struct signature;
template <class R, class A> struct signature<R (*)(A)> {
  using result = R;
  using argument = std::remove_cvref_t<A>;
  using parameter = A;
};
template <auto F> using result_of = typename signature<decltype(F)>::result;
template <auto F> using argument_of = typename signature<decltype(F)>::argument;
template <auto F> using parameter_of = typename signature<decltype(F)>::parameter;

// ---- chunks, for contestants that have none of their own ----

template <auto F> std::vector<result_of<F>> each_of(const std::vector<argument_of<F>>& xs) {
  std::vector<result_of<F>> results;
  results.reserve(xs.size());
  for (const auto& x : xs)
    results.push_back(F(x));
  return results;
}

inline constexpr std::size_t chunk = 10'000;

/// A contestant that takes one item a task, given vectors of items.
template <template <auto> class Contestant, auto F> class in_chunks {
public:
  std::vector<result_of<F>> operator()(const std::vector<argument_of<F>>& xs) {
    std::vector<std::vector<argument_of<F>>> chunks;
    for (std::size_t at = 0; at < xs.size(); at += chunk) {
      const auto first = xs.begin() + static_cast<std::ptrdiff_t>(at);
      chunks.emplace_back(first, first + static_cast<std::ptrdiff_t>(std::min(chunk, xs.size() - at)));
    }
    std::vector<result_of<F>> results;
    results.reserve(xs.size());
    for (const auto& each : contestant_(chunks))
      results.insert(results.end(), each.begin(), each.end());
    return results;
  }

private:
  Contestant<each_of<F>> contestant_;
};

} // namespace bench

#endif
