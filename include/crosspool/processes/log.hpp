// What the program notes of its worker processes when it brings their results home. What they say of their times is
// not believed beyond what can be.
#ifndef CROSSPOOL_PROCESSES_LOG_HPP
#define CROSSPOOL_PROCESSES_LOG_HPP

#include <crosspool/calls/timeline.hpp>
#include <crosspool/stats.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string_view>
#include <vector>

namespace crosspool::detail {

/// Some consecutive items that a worker process has run.
struct work_done {
  std::string_view verb;
  std::size_t first; // index in the call
  std::size_t count;
};

/// One thread at a time: who holds the engine's lock. worker: its number.
class work_log {
public:
  using clock = std::chrono::steady_clock;

  explicit work_log(std::size_t workers) : records_(workers) {}

  /// The worker has been initialized.
  void is_ready(std::size_t worker) noexcept {
    auto& of = records_[worker];
    of.restarts += of.was_ready ? 1 : 0;
    of.was_ready = true;
    of.present.start();
  }
  void is_gone(std::size_t worker) noexcept { records_[worker].present.stop(); }

  /// So many bytes of arguments have been read, or of results have come.
  void sent(std::size_t worker, std::size_t size) noexcept { records_[worker].sent += size; }
  void received(std::size_t worker, std::size_t size) noexcept { records_[worker].received += size; }
  [[nodiscard]] std::size_t bytes_sent(std::size_t worker) const noexcept { return records_[worker].sent; }
  [[nodiscard]] std::size_t bytes_received(std::size_t worker) const noexcept { return records_[worker].received; }

  /// begun, took: as the worker says.
  void ran(std::size_t worker, const work_done& work, clock::time_point begun, std::chrono::nanoseconds took) noexcept {
    auto& of = records_[worker];
    of.tasks += work.count;
    of.busy = std::min(of.busy + took, longest);
    if (timeline_.is_on())
      draw(worker, work, begun, took);
  }
  /// The worker has ended, or is to end, before it had done all that it had begun together.
  void ran_at_last(std::size_t worker, const work_done& work, clock::time_point begun) noexcept {
    const auto now = clock::now();
    ran(worker, work, begun, now - std::clamp(begun, records_[worker].present.begun(), now));
  }
  /// Whether items that took so long are to be noted.
  [[nodiscard]] bool is_slow(std::chrono::nanoseconds took) const noexcept { return slowest_.takes(took); }
  void note_slow(std::size_t worker, const work_done& work, std::chrono::nanoseconds took) noexcept {
    took = std::min(took, records_[worker].present.total());
    slowest_.add({work.verb, work.first, work.count, took, static_cast<int>(worker)});
  }

  /// What became of an item, now.
  void mark(std::size_t worker, std::string_view what, std::string_view verb, std::size_t index) noexcept {
    if (timeline_.is_on())
      timeline_.mark(worker, what, verb, index, clock::now());
  }
  /// What became of the worker, which had nothing to do.
  void mark(std::size_t worker, std::string_view what) noexcept {
    if (timeline_.is_on())
      timeline_.mark(worker, what, clock::now());
  }
  /// Where it is drawn what ran when. Thread-safe.
  [[nodiscard]] timeline& trace() noexcept { return timeline_; }

  [[nodiscard]] pool_stats stats() const {
    pool_stats all;
    for (const auto& each : records_) {
      const auto present = each.present.total();
      const auto busy = std::min(each.busy, present);
      all.workers.push_back({each.tasks, busy, present - busy, each.sent, each.received, each.restarts});
    }
    all.slowest = slowest_.list();
    return all;
  }

private:
  static constexpr auto longest = std::chrono::nanoseconds::max() / 2;

  struct worker_record {
    std::size_t tasks = 0;
    std::chrono::nanoseconds busy{0};
    std::size_t sent = 0, received = 0;
    std::size_t restarts = 0;
    bool was_ready = false;
    stopwatch present;
    clock::time_point drawn; // until then
  };

  // What a worker does comes one after the other, and before it is known.
  void draw(std::size_t worker, const work_done& work, clock::time_point begun,
            std::chrono::nanoseconds took) noexcept {
    auto& of = records_[worker];
    const auto now = clock::now();
    const auto begin = std::clamp(begun, std::max(of.drawn, of.present.begun()), now);
    of.drawn = std::min(begin + took, now);
    timeline_.slice(worker, work.verb, work.first, work.count, begin, of.drawn);
  }

  std::vector<worker_record> records_;
  slowest_items slowest_;
  timeline timeline_;
};

} // namespace crosspool::detail

#endif
