// What a pool's workers have done so far: what stats() returns, and what counts it under any policy.
#ifndef CROSSPOOL_STATS_HPP
#define CROSSPOOL_STATS_HPP

#include <crosspool/version.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <vector>

namespace CROSSPOOL_NAMESPACE {

/// What one worker has done. A worker process that is replaced leaves its numbers to its replacement.
struct worker_stats {
  /// Items that it has run, those that it died at included.
  std::size_t tasks = 0;
  /// How long it was at work, and how long it was there and had nothing to do.
  std::chrono::nanoseconds busy{0}, waiting{0};
  /// The arguments' to a worker process, and its results'. 0 for threads, to which nothing is sent.
  std::size_t bytes_sent = 0, bytes_received = 0;
  /// How often it has been replaced.
  std::size_t restarts = 0;
};

/// An item that took long. Those that take less than a few microseconds are measured together, those of map_reduce by
/// chunks.
struct slow_item {
  std::string_view verb;                ///< of its call; never dangles
  std::size_t index = 0;                ///< in its call, from 0
  std::size_t count = 1;                ///< of the items that took that long together; index is that of the first
  std::chrono::nanoseconds duration{0}; ///< in the worker
  int worker = 0;                       ///< 0 … workers-1
};

/// What pool::stats() returns.
struct pool_stats {
  std::vector<worker_stats> workers; ///< by their numbers
  std::vector<slow_item> slowest;    ///< of all items, the slowest first; 8 at most
};

namespace detail {

/// Adds up times.
class stopwatch {
public:
  using clock = std::chrono::steady_clock;

  void start() noexcept {
    begun_ = clock::now();
    runs_ = true;
  }
  void stop() noexcept {
    total_ = total();
    runs_ = false;
  }
  /// When it was started last.
  [[nodiscard]] clock::time_point begun() const noexcept { return begun_; }
  [[nodiscard]] std::chrono::nanoseconds total() const noexcept {
    return runs_ ? total_ + (clock::now() - begun_) : total_;
  }

private:
  std::chrono::nanoseconds total_{0};
  clock::time_point begun_;
  bool runs_ = false;
};

/// How many claims of items to run before the clock is looked at again, which takes as long as many an item. took: the
/// `before` ones before.
constexpr std::size_t next_stride(std::size_t before, std::chrono::nanoseconds took) noexcept {
  constexpr std::chrono::microseconds enough{4};
  constexpr std::size_t most = 1024;
  if (took > enough)
    return took > 16 * enough || before == 1 ? 1 : before / 2;
  return before < most ? before * 2 : most;
}

/// Keeps the slowest few of all items.
class slowest_items {
public:
  /// Whether an item that took so long is to be added.
  [[nodiscard]] bool takes(std::chrono::nanoseconds duration) const noexcept {
    return duration > items_.back().duration;
  }
  void add(const slow_item& item) noexcept {
    const auto is_longer = [](const auto& a, const auto& b) { return a.duration > b.duration; };
    const auto at = std::upper_bound(items_.begin(), items_.end(), item, is_longer) - items_.begin();
    if (at != std::ssize(items_)) {
      std::move_backward(items_.begin() + at, items_.end() - 1, items_.end());
      items_.begin()[at] = item;
    }
  }
  void add(const slowest_items& others) noexcept {
    for (const auto& each : others.items_)
      add(each);
  }
  [[nodiscard]] std::vector<slow_item> list() const {
    std::vector<slow_item> all(items_.begin(), items_.end());
    std::erase_if(all, [](const auto& each) { return each.duration.count() == 0; });
    return all;
  }

private:
  std::array<slow_item, 8> items_; // the slowest first
};

} // namespace detail
} // namespace CROSSPOOL_NAMESPACE

#endif
