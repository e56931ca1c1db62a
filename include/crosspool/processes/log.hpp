// What the program notes of its worker processes when it brings their results home. What they say of their times is
// not believed beyond what can be.
#ifndef CROSSPOOL_PROCESSES_LOG_HPP
#define CROSSPOOL_PROCESSES_LOG_HPP

#include <crosspool/calls/timeline.hpp>
#include <crosspool/stats.hpp>

#include <chrono>
#include <cstddef>
#include <string_view>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

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
  void is_ready(std::size_t worker) noexcept;
  void is_gone(std::size_t worker) noexcept { records_[worker].present.stop(); }

  /// So many bytes of arguments have been read, or of results have come.
  void sent(std::size_t worker, std::size_t size) noexcept { records_[worker].sent += size; }
  void received(std::size_t worker, std::size_t size) noexcept { records_[worker].received += size; }
  [[nodiscard]] std::size_t bytes_sent(std::size_t worker) const noexcept { return records_[worker].sent; }
  [[nodiscard]] std::size_t bytes_received(std::size_t worker) const noexcept { return records_[worker].received; }

  /// begun, took: as the worker says.
  void ran(std::size_t worker, const work_done& work, clock::time_point begun, std::chrono::nanoseconds took) noexcept;
  /// The worker has ended, or is to end, before it had done all that it had begun together.
  void ran_at_last(std::size_t worker, const work_done& work, clock::time_point begun) noexcept;
  /// Whether items that took so long are to be noted.
  [[nodiscard]] bool is_slow(std::chrono::nanoseconds took) const noexcept { return slowest_.takes(took); }
  void note_slow(std::size_t worker, const work_done& work, std::chrono::nanoseconds took) noexcept;

  /// What became of an item, now.
  void mark(std::size_t worker, std::string_view what, std::string_view verb, std::size_t index) noexcept;
  /// What became of the worker, which had nothing to do.
  void mark(std::size_t worker, std::string_view what) noexcept;
  /// Where it is drawn what ran when. Thread-safe.
  [[nodiscard]] timeline& trace() noexcept { return timeline_; }

  [[nodiscard]] pool_stats stats() const;

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
  void draw(std::size_t worker, const work_done& work, clock::time_point begun, std::chrono::nanoseconds took) noexcept;

  std::vector<worker_record> records_;
  slowest_items slowest_;
  timeline timeline_;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/processes/log.ipp>
#endif

#endif
