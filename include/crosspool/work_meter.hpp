// What a worker thread notes of its items while it runs them, and others read at any time.
#ifndef CROSSPOOL_WORK_METER_HPP
#define CROSSPOOL_WORK_METER_HPP

#include <crosspool/stats.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <string_view>

namespace crosspool::detail {

/// Items end one after the other. The clock is looked at after each if they take long, else after some: a look takes as
/// long as many a task.
class alignas(64) work_meter {
public:
  using clock = std::chrono::steady_clock;

  /// worker: its number.
  explicit work_meter(int worker) noexcept : worker_(worker) {}

  // ---- for the worker ----

  /// Items of this verb begin now.
  void begin(std::string_view verb, clock::time_point now) {
    if (count_ != 0) // of what was broken off
      look(now);
    verb_ = verb;
    begun_ = now;
    stride_ = until_look_ = 1;
  }
  /// Items have ended, from this one on. Whether it is time for look().
  [[nodiscard]] bool note(std::size_t first, std::size_t count) noexcept {
    if (count_ == 0)
      first_ = first;
    count_ += count;
    return --until_look_ == 0;
  }
  void look(clock::time_point now) {
    const auto took = now - begun_;
    tasks_.store(tasks_.load(std::memory_order_relaxed) + count_, std::memory_order_relaxed);
    if (slowest_.takes(took)) {
      const std::lock_guard lock(mutex_);
      slowest_.add({verb_, first_, count_, took, worker_});
    }
    stride_ = took > short_time ? 1 : stride_ < 256 ? stride_ * 2 : stride_;
    until_look_ = stride_;
    begun_ = now;
    count_ = 0;
  }
  void ended(std::size_t first, std::size_t count) {
    if (note(first, count))
      look(clock::now());
  }
  /// Nothing that has ended stays unseen. To be called before anybody is told that the items have.
  void end() {
    if (count_ != 0)
      look(clock::now());
  }

  /// While the worker is there, and while it has nothing to do. Under its engine's lock.
  stopwatch present, waiting;

  // ---- for all ----

  [[nodiscard]] std::size_t tasks() const noexcept { return tasks_.load(std::memory_order_relaxed); }
  void add_slowest_to(slowest_items& all) const {
    const std::lock_guard lock(mutex_);
    all.add(slowest_);
  }

private:
  static constexpr std::chrono::microseconds short_time{2};

  int worker_;
  std::string_view verb_;
  clock::time_point begun_;
  std::size_t first_ = 0, count_ = 0; // not looked at yet
  std::size_t stride_ = 1, until_look_ = 1;
  std::atomic<std::size_t> tasks_ = 0;
  mutable std::mutex mutex_; // for slowest_, which its worker alone changes
  slowest_items slowest_;
};

} // namespace crosspool::detail

#endif
