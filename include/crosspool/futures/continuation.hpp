// What is done in this process when a call has ended: one thing at a time, in a thread that is there only as long as
// something is expected. Users' code runs in it, and without any lock: it may wait, for other continuations, too.
// Relies on ended_calls.hpp.
#ifndef CROSSPOOL_FUTURES_CONTINUATION_HPP
#define CROSSPOOL_FUTURES_CONTINUATION_HPP

#include <crosspool/future.hpp>
#include <crosspool/futures/ended_calls.hpp>
#include <crosspool/outcome.hpp>
#include <crosspool/this_worker.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>
#include <variant>

namespace CROSSPOOL_NAMESPACE::detail {

class continuation_queue;

/// Something to be done when a call has ended.
class continuation : public watched_call {
public:
  explicit continuation(std::shared_ptr<completion> call);
  /// May end this object.
  virtual void run() noexcept = 0;
  /// It is not to run, unless it does already.
  void withdraw() noexcept;

protected:
  ~continuation() = default;

private:
  friend class continuation_queue;
  continuation_queue& queue_;
  std::shared_ptr<void> self_; // until it has run
};

// What a thread is to the queue of its process.
struct continuation_seat {
  bool taken = false;  // it runs a continuation
  bool serves = false; // it is counted as one that does
};
inline thread_local continuation_seat seat_of_thread;

class continuation_queue final : public ended_calls {
public:
  /// In a process that was forked, another: the thread is not there, and what it was at will never end.
  static continuation_queue& of_process();

  /// c is to run. It may have run by the time that this returns.
  void add(continuation& c);
  template <class C> void add(const std::shared_ptr<C>& c) {
    c->self_ = c;
    add(*c);
  }
  void withdraw(continuation& c) noexcept;

  /// Waits by wait_until(time), which says whether it has come, for what continuations may have to bring about. Others
  /// can run meanwhile, if this is one.
  template <class Wait> bool wait(clock::time_point deadline, Wait wait_until) {
    if (deadline <= clock::now())
      return wait_until(deadline);
    const pause pausing(*this);
    while (!is_served()) { // no thread is to be had: then they run here
      const auto soon = std::min(deadline, clock::now() + std::chrono::milliseconds(10));
      if (wait_until(soon))
        return true;
      if (soon == deadline)
        return false;
      run_what_has_ended();
    }
    return wait_until(deadline);
  }

  /// Waits until all continuations of the engine's calls have run. A continuation cannot wait for itself: in one, this
  /// does not wait.
  void wait_for_all_of(const driver& engine);

private:
  // Lets others run while a continuation waits.
  class pause : detail::not_copied {
  public:
    explicit pause(continuation_queue& of);
    ~pause();

  private:
    continuation_queue& queue_;
    const continuation_seat before_;
  };

  // mutex_ is held in what follows.

  void start_thread() noexcept;

  // Lets go of the lock while it runs.
  void run_one(std::unique_lock<std::mutex>& lock);

  static driver* origin_of(const completion& call) noexcept { return call.by() ? &call.by()->origin() : nullptr; }
  void forget(const completion& call) noexcept;

  // It is not.

  void serve();
  bool is_served();
  void run_what_has_ended();

  // Guarded by mutex_.
  std::size_t expected_ = 0; // continuations that have not begun
  std::size_t serving_ = 0;  // threads that run them, but for those that wait in one
  bool running_ = false;     // one of them
};

// ---- what becomes of a call ----

/// How a value of type T is kept: void functions have the value std::monostate.
template <class T> using kept_as = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

/// The outcome of a call that has ended.
template <class T> outcome<kept_as<T>> outcome_of(pending<T>& of) noexcept {
  try {
    if constexpr (std::is_void_v<T>) {
      of.collect();
      return std::monostate();
    } else
      return of.collect();
  } catch (...) {
    return failure{std::current_exception()};
  }
}

/// Has use called with the call's outcome when it has ended. What use refers to is let go of by then.
template <class T, class Use> void when_ended(std::unique_ptr<pending<T>> of, Use use) {
  class reader final : public continuation {
  public:
    reader(std::unique_ptr<pending<T>> of, Use use)
        : continuation(of->home()), of_(std::move(of)), use_(std::move(use)) {}
    void run() noexcept override {
      auto result = detail::outcome_of(*of_);
      of_.reset();
      use_(std::move(result));
    }

  private:
    std::unique_ptr<pending<T>> of_;
    Use use_;
  };
  continuation_queue::of_process().add(std::make_shared<reader>(std::move(of), std::move(use)));
}

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/futures/continuation.ipp>
#endif

#endif
