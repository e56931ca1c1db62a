// What the program notes of its worker processes when it brings their results home. What they say of their times is
// not believed beyond what can be.
#ifndef CROSSPOOL_WORK_LOG_HPP
#define CROSSPOOL_WORK_LOG_HPP

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

  /// When it was initialized.
  [[nodiscard]] clock::time_point since(std::size_t worker) const noexcept { return records_[worker].present.begun(); }

  /// So many bytes of arguments have been read, or of results have come.
  void sent(std::size_t worker, std::size_t size) noexcept { records_[worker].sent += size; }
  void received(std::size_t worker, std::size_t size) noexcept { records_[worker].received += size; }

  /// took: as the worker says.
  void ran(std::size_t worker, const work_done& work, std::chrono::nanoseconds took) noexcept {
    records_[worker].tasks += work.count;
    records_[worker].busy = std::min(records_[worker].busy + took, longest);
  }
  /// Whether items that took so long are to be noted.
  [[nodiscard]] bool is_slow(std::chrono::nanoseconds took) const noexcept { return slowest_.takes(took); }
  void note_slow(std::size_t worker, const work_done& work, std::chrono::nanoseconds took) noexcept {
    took = std::min(took, records_[worker].present.total());
    slowest_.add({work.verb, work.first, work.count, took, static_cast<int>(worker)});
  }

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
  };

  std::vector<worker_record> records_;
  slowest_items slowest_;
};

} // namespace crosspool::detail

#endif
