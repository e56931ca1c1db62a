// Waiting for several calls at once, of any pools: they are told apart as they end. Relies on their completions, which
// tell; nothing is allocated then, as that is done under the engines' locks.
#ifndef CROSSPOOL_FUTURES_ENDED_CALLS_HPP
#define CROSSPOOL_FUTURES_ENDED_CALLS_HPP

#include <crosspool/calls/completion.hpp>
#include <crosspool/this_worker.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <utility>

namespace CROSSPOOL_NAMESPACE::detail {

class ended_calls;

/// One of the calls. From watch() until it has been taken or let go, it must stay where it is.
class watched_call : public subscriber {
public:
  watched_call(ended_calls& by, std::shared_ptr<completion> call) : by_(by), call_(std::move(call)) {}

  [[nodiscard]] const std::shared_ptr<completion>& call() const noexcept { return call_; }
  CROSSPOOL_INLINE void call_ended() noexcept override;
  CROSSPOOL_INLINE void item_is_due(std::chrono::steady_clock::time_point when) noexcept override;

protected:
  ~watched_call() = default;

private:
  friend class ended_calls;

  void move_to(std::list<watched_call*>& to) noexcept;

  ended_calls& by_;
  std::shared_ptr<completion> call_;
  std::chrono::steady_clock::time_point due_ = std::chrono::steady_clock::time_point::max();
  std::list<watched_call*> own_{this}; // its one element moves from list to list
  std::list<watched_call*>::iterator own_place_ = own_.begin();
  std::list<watched_call*>* in_ = &own_;
};

/// All public functions are thread-safe.
class ended_calls : not_copied {
public:
  using clock = std::chrono::steady_clock;

  /// By the time that this returns, c may have been taken by another thread.
  void watch(watched_call& c);
  /// c is not watched any more. False if it had been taken before.
  bool let_go(watched_call& c) noexcept;

  /// Waits for the next that has ended, and takes it. Null if none has by then.
  watched_call* take_until(clock::time_point deadline);

protected:
  friend class watched_call;

  ~ended_calls() = default;

  // mutex_ is held where any of what follows is used.

  [[nodiscard]] bool any_ended() const noexcept { return !ended_.empty(); }
  watched_call* take() noexcept;

  /// Sees to the calls' limits of time meanwhile. False if is_done() is not so by then.
  template <class Done> bool wait_until(std::unique_lock<std::mutex>& lock, clock::time_point deadline, Done is_done) {
    for (;;) {
      const auto next = std::min(deadline, see_to_time(lock));
      if (is_done())
        return true;
      if (next == clock::time_point::max())
        changed_.wait(lock);
      else if (next > clock::now())
        changed_.wait_until(lock, next);
      else if (next == deadline)
        return false;
    }
  }

  const int pid_ = this_worker::pid();
  std::mutex mutex_;
  std::condition_variable changed_;

private:
  void note(watched_call& c) noexcept;
  void note(watched_call& c, clock::time_point due) noexcept;

  // Returns when to look again. No more calls are in timed_ than threads are at work.
  clock::time_point see_to_time(std::unique_lock<std::mutex>& lock);

  std::list<watched_call*> ended_; // in that order
  std::list<watched_call*> timed_; // those with an item that has begun, and whose time is limited
};

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/futures/ended_calls.ipp>
#endif

#endif
