// How far a call has come, as its caller is told while he waits.
#ifndef CROSSPOOL_PROGRESS_HPP
#define CROSSPOOL_PROGRESS_HPP

#include <crosspool/version.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <utility>

namespace CROSSPOOL_NAMESPACE {

/// What call_options.progress is called with.
struct progress {
  /// Items that have ended, and those of them that ended without a value.
  std::size_t done = 0, failed = 0;
  /// All items; not known while a range of unknown length is being read.
  std::optional<std::size_t> total;
  /// Since the call began.
  std::chrono::nanoseconds elapsed{0};
  /// Items a second, so far.
  double rate = 0;
  /// Until the end, if it goes on like this; not known without a total, and before the first item has ended.
  std::optional<std::chrono::nanoseconds> left;
};

namespace detail {

/// Tells one call's progress, not too often.
class progress_reporter {
public:
  using clock = std::chrono::steady_clock;

  explicit progress_reporter(std::function<void(const progress&)> to) : to_(std::move(to)) {}

  /// When there is to be a report.
  [[nodiscard]] clock::time_point due() const noexcept { return due_; }
  /// Reports, if it is time. Throws what the callback throws.
  void report(std::size_t done, std::size_t failed, std::optional<std::size_t> total) {
    if (const auto now = clock::now(); now >= due_ && done != total) {
      tell(done, failed, total, now);
      due_ = clock::now() + interval; // however long that took
    }
  }
  /// All items have ended. Throws what the callback throws.
  void report_end(std::size_t total, std::size_t failed) { tell(total, failed, total, clock::now()); }

private:
  static constexpr std::chrono::milliseconds interval{50};

  void tell(std::size_t done, std::size_t failed, std::optional<std::size_t> total, clock::time_point now) const {
    progress p{done, failed, total, now - begun_, 0, {}};
    if (const auto seconds = std::chrono::duration<double>(p.elapsed).count(); done != 0 && seconds > 0) {
      p.rate = static_cast<double>(done) / seconds;
      constexpr double most = 1e9; // seconds: nobody waits for that long
      if (total) {
        const auto left = static_cast<double>(*total - done) / p.rate;
        p.left = std::chrono::nanoseconds(
            static_cast<std::chrono::nanoseconds::rep>(1e9 * (left < most ? left : most)));
      }
    }
    to_(p);
  }

  std::function<void(const progress&)> to_;
  clock::time_point begun_ = clock::now();
  clock::time_point due_ = begun_ + interval;
};

} // namespace detail
} // namespace CROSSPOOL_NAMESPACE

#endif
