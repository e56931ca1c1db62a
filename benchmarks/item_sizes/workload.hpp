// Items of 4 bytes to 8 MiB, of which the sum comes back: what an item costs, by its size.
#ifndef BENCHMARKS_ITEM_SIZES_WORKLOAD_HPP
#define BENCHMARKS_ITEM_SIZES_WORKLOAD_HPP

#include <array>
#include <cstdint>

#include "../harness.hpp"

namespace item_sizes {

using Item = std::vector<std::int32_t>;

inline std::int32_t sum(const Item& item) {
  std::uint32_t all = 0;
  for (const auto x : item)
    all += static_cast<std::uint32_t>(x);
  return static_cast<std::int32_t>(all);
}

struct Size {
  const char* name;
  std::size_t bytes;
};
inline constexpr std::array<Size, 7> sizes = {{{"4 B", 4},
                                               {"64 B", 64},
                                               {"1 KiB", 1 << 10},
                                               {"16 KiB", 16 << 10},
                                               {"256 KiB", 256 << 10},
                                               {"4 MiB", 4 << 20},
                                               {"8 MiB", 8 << 20}}};

template <template <auto> class Contestant> void add(std::string_view contestant) {
  for (const auto& size : sizes)
    bench::add(contestant, size.name, [size](benchmark::State& state) {
      const auto count = bench::scaled(
          std::clamp((std::size_t{128} << 20) / size.bytes, std::size_t{16}, std::size_t{20'000}));
      std::vector<Item> items(count);
      for (std::size_t i = 0; i < count; ++i)
        items[i].assign(size.bytes / sizeof(std::int32_t), static_cast<std::int32_t>(i));
      const auto serial = bench::each_of<&sum>(items);
      Contestant<&sum> run;
      const double time = bench::measure(
          state, [&] { return run(items); }, [&](const auto& results) { return results == serial; });
      state.counters["us_per_item"] = time * 1e6 / static_cast<double>(count);
    });
}

} // namespace item_sizes

#endif
