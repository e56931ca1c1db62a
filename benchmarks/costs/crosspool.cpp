// What each policy costs, as in the README's table: starting and ending a pool of two workers, one call on an idle
// pool, and an item of a map. Every answer is checked: a wrong one is no time.
#include <crosspool/crosspool.hpp>

#include <benchmark/benchmark.h>
#include <cstddef>
#include <numeric>
#include <vector>

namespace {

int square(int x) {
  return x * x;
}

template <class Policy> void start_and_end(benchmark::State& state) {
  for (auto _ : state) {
    crosspool::pool<Policy> pool{2};
    if (pool.workers() != 2)
      state.SkipWithError("not two workers");
  }
}

template <class Policy> void one_apply(benchmark::State& state) {
  crosspool::pool<Policy> pool{2};
  for (auto _ : state)
    if (pool.apply(square, 7) != 49)
      state.SkipWithError("wrong answer");
}

// Argument: the chunk size, 0 for the default.
template <class Policy> void map_items(benchmark::State& state) {
  crosspool::pool<Policy> pool{2};
  std::vector<int> xs(20'000);
  std::iota(xs.begin(), xs.end(), 0);
  for (auto _ : state) {
    const auto results = pool.with({.chunksize = static_cast<std::size_t>(state.range(0))}).map(square, xs);
    for (const int x : xs)
      if (results[static_cast<std::size_t>(x)] != square(x))
        state.SkipWithError("wrong answer");
  }
  state.SetItemsProcessed(state.iterations() * std::ssize(xs));
}

#define FOR_EACH_POLICY(name, ...)                                                                                     \
  BENCHMARK_TEMPLATE(name, crosspool::thread) __VA_ARGS__;                                                             \
  BENCHMARK_TEMPLATE(name, crosspool::fork) __VA_ARGS__;                                                               \
  BENCHMARK_TEMPLATE(name, crosspool::spawn) __VA_ARGS__

FOR_EACH_POLICY(start_and_end, ->UseRealTime()->Unit(benchmark::kMillisecond));
FOR_EACH_POLICY(one_apply, ->UseRealTime()->Unit(benchmark::kMicrosecond));
FOR_EACH_POLICY(map_items, ->Arg(0)->Arg(1)->UseRealTime()->Unit(benchmark::kMillisecond));

} // namespace

int main(int argc, char** argv) {
  crosspool::init(argc, argv);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
