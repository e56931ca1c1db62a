// Whether the time per item stays the same: from a thousand items to ten million (a hundred with --full), produced as
// they are read; from 1 worker to 64, with tasks of about 1 µs; with 100,000 futures in flight.
#include <crosspool/crosspool.hpp>

#include <cstdint>
#include <ranges>
#include <string>

#include "../harness.hpp"

namespace {

int next(int x) {
  return x + 1;
}

std::uint64_t microsecond(std::uint64_t x) {
  for (int i = 0; i < 700; ++i)
    x = x * 6364136223846793005U + 1442695040888963407U;
  return x;
}

void us_per_item(benchmark::State& state, double seconds, std::size_t items) {
  state.counters["us_per_item"] = seconds * 1e6 / static_cast<double>(items);
}

template <class Policy> void add(std::string_view name) {
  const std::size_t most = bench::quick ? 100'000 : bench::full ? 100'000'000 : 10'000'000;
  std::size_t power = 3;
  for (std::size_t n = 1'000; n <= most; n *= 10)
    bench::add(name, "10^" + std::to_string(power++) + " items", [n](benchmark::State& state) {
      crosspool::pool<Policy> pool{bench::workers};
      const auto xs = std::views::iota(0, static_cast<int>(n));
      const auto right = [&](const std::vector<int>& results) {
        bool all = results.size() == n;
        for (std::size_t i = 0; all && i < n; ++i)
          all = results[i] == next(static_cast<int>(i));
        return all;
      };
      us_per_item(state, bench::measure(state, [&] { return pool.map(next, xs); }, right), n);
    });

  for (int workers = 1; workers <= 64; workers *= 2)
    bench::add(name, std::to_string(workers) + (workers == 1 ? " worker" : " workers"), [workers](auto& state) {
      const auto n = bench::scaled(100'000);
      std::vector<std::uint64_t> xs(n);
      for (std::size_t i = 0; i < n; ++i)
        xs[i] = i;
      const auto serial = bench::each_of<&microsecond>(xs);
      crosspool::pool<Policy> pool{workers};
      us_per_item(state,
                  bench::measure(
                      state, [&] { return pool.map(microsecond, xs); }, [&](const auto& r) { return r == serial; }),
                  n);
    });

  for (const std::size_t n : {1'000, 10'000, 100'000})
    bench::add(name, std::to_string(n) + " futures", [count = bench::scaled(n)](benchmark::State& state) {
      crosspool::pool<Policy> pool{bench::workers};
      const auto run = [&] {
        std::vector<crosspool::future<int>> futures;
        futures.reserve(count);
        for (std::size_t i = 0; i < count; ++i)
          futures.push_back(pool.apply_async(next, static_cast<int>(i)));
        bool right = true;
        for (std::size_t i = 0; i < count; ++i)
          right = futures[i].get() == next(static_cast<int>(i)) && right;
        return right;
      };
      us_per_item(state, bench::measure(state, run, [](bool right) { return right; }), count);
    });
}

} // namespace

int main(int argc, char** argv) {
  crosspool::init(argc, argv);
  bench::start(argc, argv);
  add<crosspool::thread>("crosspool thread");
  add<crosspool::fork>("crosspool fork");
  add<crosspool::spawn>("crosspool spawn");
  return bench::run();
}
