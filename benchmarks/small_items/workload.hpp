// A million small items, each squared: what is measured is what a task costs.
#ifndef BENCHMARKS_SMALL_ITEMS_WORKLOAD_HPP
#define BENCHMARKS_SMALL_ITEMS_WORKLOAD_HPP

#include "../harness.hpp"

namespace small_items {

struct Triple {
  double x, y, z;
  bool operator==(const Triple&) const = default;
};

inline int square(int x) {
  return x * x;
}
inline Triple square_triple(const Triple& t) {
  return {t.x * t.x, t.y * t.y, t.z * t.z};
}

inline void make(std::size_t i, int& x) {
  x = static_cast<int>(i % 40'000); // whose square is an int
}
inline void make(std::size_t i, Triple& t) {
  const auto x = static_cast<double>(i);
  t = {x, x + 0.25, x + 0.5};
}

template <template <auto> class Contestant, auto F>
void add(std::string_view contestant, std::string_view variant, std::size_t items) {
  bench::add(contestant, variant, [n = bench::scaled(items)](benchmark::State& state) {
    std::vector<bench::argument_of<F>> xs(n);
    for (std::size_t i = 0; i < n; ++i)
      make(i, xs[i]);
    const auto serial = bench::each_of<F>(xs);
    Contestant<F> run;
    const double time = bench::measure(
        state, [&] { return run(xs); }, [&](const auto& results) { return results == serial; });
    state.counters["items_per_second"] = static_cast<double>(n) / time;
  });
}

/// items: fewer for contestants that would take too long; what counts is the rate.
template <template <auto> class Contestant> void one_a_task(std::string_view contestant,
                                                            std::size_t items = 1'000'000) {
  add<Contestant, &square>(contestant, "int, one a task", items);
}
/// In the contestant's own chunks, or in those that suit it best.
template <template <auto> class Contestant> void chunks(std::string_view contestant) {
  add<Contestant, &square>(contestant, "int, in chunks", 1'000'000);
  add<Contestant, &square_triple>(contestant, "three doubles, in chunks", 1'000'000);
}

} // namespace small_items

#endif
