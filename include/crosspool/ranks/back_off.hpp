// How long who has found nothing sleeps before he looks again: MPI tells nobody that something has come.
#ifndef CROSSPOOL_RANKS_BACK_OFF_HPP
#define CROSSPOOL_RANKS_BACK_OFF_HPP

#include <crosspool/os/process.hpp>

#include <algorithm>
#include <chrono>

namespace CROSSPOOL_NAMESPACE::detail {

/// How long to sleep before looking again: not at all for a moment, then for a small part of the time that nothing has
/// come, so that it is found a little late only; up to a millisecond, and to ten where nothing has come for a second.
class back_off {
public:
  using clock = std::chrono::steady_clock;

  /// Of this thread, which is to sleep no longer than it says.
  explicit back_off(std::chrono::microseconds moment) : moment_(moment) { sleep_precisely(); }

  void found_something() noexcept { since_ = clock::time_point::min(); }
  /// Nothing was found once more. Zero: look again at once.
  std::chrono::nanoseconds pause() noexcept {
    const auto now = clock::now();
    if (since_ == clock::time_point::min())
      since_ = now;
    const auto idle = now - since_;
    if (idle < moment_)
      return std::chrono::nanoseconds::zero();
    return std::min<std::chrono::nanoseconds>(idle / 8, idle < long_while ? longest : longest_of_all);
  }

private:
  static constexpr std::chrono::milliseconds longest{1};
  static constexpr std::chrono::seconds long_while{1};
  static constexpr std::chrono::milliseconds longest_of_all{10};

  const std::chrono::microseconds moment_;
  clock::time_point since_ = clock::time_point::min();
};

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
