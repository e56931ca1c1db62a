// What a worker thread notes of the items that it runs, and others read at any time.
#ifndef CROSSPOOL_THREADS_METER_HPP
#define CROSSPOOL_THREADS_METER_HPP

#include <crosspool/calls/timeline.hpp>
#include <crosspool/stats.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <string_view>

namespace CROSSPOOL_NAMESPACE::detail {

/// One for each worker.
class work_meter {
public:
  using clock = std::chrono::steady_clock;

  /// worker: its number. on: where it is drawn what ran when.
  work_meter(int worker, timeline& on) noexcept : worker_(worker), timeline_(on) {}

  // ---- for the worker ----

  /// count: items, from this one on. Returns how often it may do as much as in these before it tells again: a look at
  /// the clock takes as long as many a task. before: what was returned the last time.
  std::size_t ran(std::string_view verb, std::size_t first, std::size_t count, clock::time_point begin,
                  clock::time_point end, std::size_t before = 1);
  /// What became of an item.
  void mark(std::string_view what, std::string_view verb, std::size_t item, clock::time_point when) const noexcept;
  /// While the worker is there, and while it has nothing to do. Under its engine's lock.
  stopwatch present, waiting;

  // ---- for all ----

  [[nodiscard]] std::size_t tasks() const noexcept { return tasks_.load(std::memory_order_relaxed); }
  void add_slowest_to(slowest_items& all) const;

private:
  int worker_;
  timeline& timeline_;
  mutable std::mutex mutex_; // for slowest_, which its worker alone changes
  slowest_items slowest_;
  alignas(64) std::atomic<std::size_t> tasks_ = 0;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/threads/meter.ipp>
#endif

#endif
