// A histogram of many random walks: each task walks a batch of them and counts where they end, and the workers add
// their counts up, so that a few tables travel, and not the walks.
#include <crosspool/crosspool.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <random>
#include <ranges>
#include <string>

constexpr int steps = 64, walks_per_batch = 1000, batches = 400;

// How many walks ended 2 * i - steps to the right. Crosses as it is.
using Histogram = std::array<long, steps + 1>;

Histogram walk(int batch) {
  std::mt19937_64 random(static_cast<std::uint64_t>(batch));
  Histogram ends{};
  for (int i = 0; i < walks_per_batch; ++i) {
    std::size_t rights = 0;
    for (auto bits = random(); bits != 0; bits &= bits - 1)
      ++rights;
    ++ends[rights];
  }
  return ends;
}

Histogram add(Histogram a, const Histogram& b) {
  std::ranges::transform(a, b, a.begin(), std::plus<>());
  return a;
}

int main(int argc, char** argv) {
  crosspool::init(argc, argv);

  crosspool::fork_pool pool;
  const auto ends = pool.map_reduce(walk, std::views::iota(0, batches), add, Histogram{});

  const long most = std::ranges::max(ends);
  for (std::size_t i = 0; i < ends.size(); ++i)
    if (ends[i] * 60 >= most)
      std::printf("%4d %s\n", 2 * static_cast<int>(i) - steps,
                  std::string(static_cast<std::size_t>(ends[i] * 60 / most), '#').c_str());

  auto expected = Histogram{};
  for (int batch = 0; batch < batches; ++batch)
    expected = add(expected, walk(batch));
  return ends == expected ? 0 : 1;
}
