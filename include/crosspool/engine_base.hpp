// What every engine keeps in the same way: whether it takes calls. A call registers itself while it submits its
// parcels, so that close() lets it finish.
#ifndef CROSSPOOL_ENGINE_BASE_HPP
#define CROSSPOOL_ENGINE_BASE_HPP

#include <crosspool/error.hpp>

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>

namespace crosspool::detail {

/// All public functions are thread-safe.
class engine_base {
public:
  engine_base() = default;
  engine_base(const engine_base&) = delete;
  engine_base& operator=(const engine_base&) = delete;

  /// A call begins to submit parcels. Throws pool_closed after close or terminate, or what made the pool fail.
  void begin_call() {
    const std::lock_guard lock(mutex_);
    demand_open();
    ++calls_;
  }
  /// It has submitted them all.
  void end_call() {
    const std::lock_guard lock(mutex_);
    if (--calls_ == 0 && closing_) // nobody else waits for that
      wake();
  }

  /// No more calls; those that have begun are finished.
  void close() {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    wake();
  }
  [[nodiscard]] bool closed() {
    const std::lock_guard lock(mutex_);
    return closing_;
  }

  /// Throws as begin_call does.
  void demand_open_now() {
    const std::lock_guard lock(mutex_);
    demand_open();
  }

protected:
  ~engine_base() = default;

  /// Makes who serves the engine look again. Called with mutex_ held.
  virtual void wake() = 0;

  // mutex_ is held where any of what follows is used.

  /// Throws if no call may begin.
  void demand_open() const {
    if (failure_)
      std::rethrow_exception(failure_);
    if (closing_)
      throw pool_closed("crosspool: the pool is closed");
  }
  /// Whether calls may still submit parcels.
  [[nodiscard]] bool expects_parcels() const noexcept { return !terminating_ && (!closing_ || calls_ != 0); }
  [[nodiscard]] static error has_exit_function() { return error("crosspool: the pool has an exit function already"); }
  /// What items end with that will not be run.
  [[nodiscard]] std::exception_ptr end_of_pool() const {
    return failure_ ? failure_ : std::make_exception_ptr(cancelled("crosspool: the pool was terminated"));
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t calls_ = 0; // that may still submit parcels
  bool closing_ = false;
  bool terminating_ = false;
  std::exception_ptr failure_; // why the pool came to its end, if by a failure
};

} // namespace crosspool::detail

#endif
