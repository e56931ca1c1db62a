// Short waiting between processes that share memory: looking again and again for a bounded time, before it is worth
// going to sleep.
#ifndef CROSSPOOL_OS_WAITING_HPP
#define CROSSPOOL_OS_WAITING_HPP

#include <crosspool/version.hpp>

#include <chrono>
#include <sched.h>

namespace CROSSPOOL_NAMESPACE::detail {

// A moment of waiting that lets others run: where both sides share a core, nothing else would bring the other on.
inline void yield_briefly() noexcept {
  ::sched_yield();
}

inline int this_processor() noexcept {
  return ::sched_getcpu();
}

/// How long it pays to look before sleeping: longer where the wait was short, hardly where it was not.
class spin_budget {
public:
  using clock = std::chrono::steady_clock;

  /// Waits until ready() for a short time. False if it did not come to be.
  template <class Ready> bool spin(Ready ready) {
    const bool came = spin_for(budget_, ready);
    const auto next = came ? budget_ * 2 : budget_ / 2;
    budget_ = next < least ? least : next < most ? next : most;
    return came;
  }

  /// What a wake-up takes, and a little more.
  static constexpr std::chrono::nanoseconds most = std::chrono::microseconds(80);

  template <class Ready> static bool spin_for(std::chrono::nanoseconds time, Ready ready) {
    const auto end = clock::now() + time;
    do {
      for (int i = 0; i < 4; ++i) {
        if (ready())
          return true;
        yield_briefly();
      }
    } while (clock::now() < end);
    return false;
  }

private:
  static constexpr std::chrono::nanoseconds least = std::chrono::microseconds(10);
  std::chrono::nanoseconds budget_{0}; // until there has been something to wait for
};

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
