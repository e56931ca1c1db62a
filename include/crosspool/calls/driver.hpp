// Who brings a call's items home while others wait: the engine, as a call sees it.
#ifndef CROSSPOOL_CALLS_DRIVER_HPP
#define CROSSPOOL_CALLS_DRIVER_HPP

#include <crosspool/version.hpp>

#include <chrono>
#include <cstddef>

namespace CROSSPOOL_NAMESPACE::detail {

class completion;

/// What the one who waits for a call does with what has come home meanwhile.
class collector : not_copied {
public:
  virtual ~collector() = default;
  virtual void collect() = 0;
};

/// An engine that is driven by those who wait for it, instead of by a thread of its own that would have to wake them.
class driver : not_copied {
public:
  using clock = std::chrono::steady_clock;

  virtual ~driver() = default;
  /// Works until the call is complete or the time has come. to: may be null.
  virtual void drive(completion& until, clock::time_point deadline, collector* to) = 0;
  /// The call has been cancelled: its items need not be run, and those that run are to be stopped.
  virtual void cancel(completion& call) = 0;
  /// Somebody has subscribed to a call: its end is to be noticed soon, though nobody drives for it.
  virtual void attend_to_subscribed() {}
  /// The pool's engine that the calls depend on in the end.
  virtual driver& origin() noexcept { return *this; }

  std::size_t continuations = 0; // of its calls, that have not run: the continuation_queue's to count
};

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
