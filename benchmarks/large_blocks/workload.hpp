// 64 blocks of 8 MiB. "sum" returns a number, "echo" the block. In fresh memory, each result takes pages from the
// kernel, which zeroes them; in reused memory, malloc keeps what is freed, and gives it out again.
#ifndef BENCHMARKS_LARGE_BLOCKS_WORKLOAD_HPP
#define BENCHMARKS_LARGE_BLOCKS_WORKLOAD_HPP

#include <cstdint>
#include <cstring>
#include <limits>
#include <malloc.h>
#include <span>
#include <stdexcept>
#include <stdlib.h>

#include "../harness.hpp"

namespace large_blocks {

inline constexpr std::size_t block_bytes = std::size_t{8} << 20;

using Doubles = std::vector<double>;
struct Point {
  double x, y;
  bool operator==(const Point&) const = default;
};
using Points = std::vector<Point>;
struct Columns {
  std::vector<double> a, b;
  std::vector<std::uint64_t> c;
  bool operator==(const Columns&) const = default;
};

// ---- sum: in four chains, as one would be slower than the memory ----

template <class T, class At> T sum_of(std::size_t size, At at) {
  T a{};
  T b{};
  T c{};
  T d{};
  for (std::size_t i = 0; i + 4 <= size; i += 4) {
    a += at(i);
    b += at(i + 1);
    c += at(i + 2);
    d += at(i + 3);
  }
  for (std::size_t i = size - size % 4; i < size; ++i)
    a += at(i);
  return a + b + c + d;
}

inline double sum_in_place(std::span<const double> xs) {
  return sum_of<double>(xs.size(), [&](std::size_t i) { return xs[i]; });
}
inline double sum(const Doubles& xs) {
  return sum_in_place(xs);
}
inline std::uint64_t sum_string(const std::string& text) {
  return sum_of<std::uint64_t>(text.size() / sizeof(std::uint64_t), [&](std::size_t i) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i * sizeof word, sizeof word);
    return word;
  });
}
inline double sum_points(const Points& points) {
  return sum_of<double>(points.size(), [&](std::size_t i) { return points[i].x + points[i].y; });
}
inline double sum_columns(const Columns& c) {
  return sum(c.a) + sum(c.b) +
         static_cast<double>(sum_of<std::uint64_t>(c.c.size(), [&](std::size_t i) { return c.c[i]; }));
}

// By value: whoever has a block of its own to give need not copy it.
template <class T> T echo(T block) {
  return block;
}

// ---- the blocks ----

inline void make(std::size_t number, Doubles& block) {
  block.resize(block_bytes / sizeof(double));
  for (std::size_t i = 0; i < block.size(); ++i)
    block[i] = static_cast<double>((i + number) % 1'000);
}
inline void make(std::size_t number, std::string& block) {
  block.resize(block_bytes);
  for (std::size_t i = 0; i < block.size(); ++i)
    block[i] = static_cast<char>('a' + (i + number) % 23);
}
inline void make(std::size_t number, Points& block) {
  block.resize(block_bytes / sizeof(Point));
  for (std::size_t i = 0; i < block.size(); ++i)
    block[i] = {static_cast<double>((i + number) % 1'000), 0.5};
}
inline void make(std::size_t number, Columns& block) {
  make(number, block.a);
  block.a.resize(block.a.size() / 3);
  block.b = block.a;
  block.c.assign(block.a.size(), number);
}

/// The input: made once for all benchmarks.
template <class T> const std::vector<T>& blocks() {
  static std::vector<T> all;
  if (all.empty()) {
    all.resize(bench::quick ? 8 : 64);
    for (std::size_t i = 0; i < all.size(); ++i)
      make(i, all[i]);
  }
  return all;
}

// ---- the benchmarks ----

enum class memory { fresh, reused };

// Fresh is what malloc does by itself: it gives large blocks back. Reused: it keeps them. One arena for both, as those
// of threads give back what they are told to keep. In glibc, 32 MiB is the highest threshold that all versions take.
// The environment says the same to the programs that a spawn pool starts. There is no way back from reused to fresh.
inline void use(memory kind) {
  const auto set = [](int parameter, const char* variable, int value) {
    if (mallopt(parameter, value) != 1 || ::setenv(variable, std::to_string(value).c_str(), 1) != 0)
      throw std::runtime_error("malloc takes no such value");
  };
  set(M_ARENA_MAX, "MALLOC_ARENA_MAX", 1);
  if (kind == memory::fresh)
    return;
  set(M_MMAP_THRESHOLD, "MALLOC_MMAP_THRESHOLD_", 32 << 20);
  set(M_TRIM_THRESHOLD, "MALLOC_TRIM_THRESHOLD_", std::numeric_limits<int>::max());
}

/// F of each block of type T.
template <template <auto> class Contestant, class T, auto F>
void add(std::string_view contestant, const std::string& variant, memory kind) {
  bench::add(contestant, variant, [kind](benchmark::State& state) {
    use(kind);
    const auto& input = blocks<T>();
    std::vector<bench::result_of<F>> serial;
    if constexpr (!std::is_same_v<bench::result_of<F>, T>)
      for (const auto& block : input)
        serial.push_back(F(block));
    const auto right = [&](const auto& results) {
      if constexpr (std::is_same_v<bench::result_of<F>, T>)
        return results == input;
      else
        return results == serial;
    };
    Contestant<F> run;
    const double time = bench::measure(state, [&] { return run(input); }, right);
    const auto bytes = static_cast<double>(input.size() * block_bytes);
    state.counters["GiB_per_second"] = bytes / time / (1 << 30);
  });
}

/// type: as in the variant's name. All with fresh memory must come first.
template <template <auto> class Contestant, class T, auto Sum>
void add_all(std::string_view contestant, const std::string& type, memory kind) {
  if (kind == memory::fresh)
    add<Contestant, T, Sum>(contestant, type + ", sum", kind);
  add<Contestant, T, &echo<T>>(
      contestant, type + ", echo, " + (kind == memory::fresh ? "fresh memory" : "memory reused by mallopt"), kind);
}
template <template <auto> class Contestant> void add_doubles(std::string_view contestant, memory kind) {
  add_all<Contestant, Doubles, &sum>(contestant, "vector<double>", kind);
}
template <template <auto> class Contestant> void add_doubles(std::string_view contestant) {
  add_doubles<Contestant>(contestant, memory::fresh);
  add_doubles<Contestant>(contestant, memory::reused);
}

} // namespace large_blocks

#endif
