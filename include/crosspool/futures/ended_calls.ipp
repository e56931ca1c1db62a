// What of futures/ended_calls.hpp depends on no type of the user's.
#ifndef CROSSPOOL_FUTURES_ENDED_CALLS_IPP
#define CROSSPOOL_FUTURES_ENDED_CALLS_IPP

#include <crosspool/futures/ended_calls.hpp>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE void watched_call::move_to(std::list<watched_call*>& to) noexcept {
  to.splice(to.end(), *in_, own_place_);
  in_ = &to;
}

CROSSPOOL_INLINE void ended_calls::watch(watched_call& c) {
  const auto call = c.call();
  if (!call->subscribe(c))
    note(c);
}

CROSSPOOL_INLINE bool ended_calls::let_go(watched_call& c) noexcept {
  if (this_worker::pid() != pid_) // forked from the process that watches: locks may be held for ever here
    return false;
  const bool was_watched = c.call()->unsubscribe(c);
  const std::lock_guard lock(mutex_);
  const bool had_ended = c.in_ == &ended_;
  c.move_to(c.own_);
  return was_watched || had_ended;
}

CROSSPOOL_INLINE auto ended_calls::take_until(clock::time_point deadline) -> watched_call* {
  std::unique_lock lock(mutex_);
  return wait_until(lock, deadline, [&] { return !ended_.empty(); }) ? take() : nullptr;
}

CROSSPOOL_INLINE auto ended_calls::take() noexcept -> watched_call* {
  auto* const first = ended_.front();
  first->move_to(first->own_);
  return first;
}

CROSSPOOL_INLINE void ended_calls::note(watched_call& c) noexcept {
  const std::lock_guard lock(mutex_);
  c.move_to(ended_);
  changed_.notify_all();
}

CROSSPOOL_INLINE void ended_calls::note(watched_call& c, clock::time_point due) noexcept {
  const std::lock_guard lock(mutex_);
  c.due_ = due;
  c.move_to(timed_);
  changed_.notify_all();
}

CROSSPOOL_INLINE auto ended_calls::see_to_time(std::unique_lock<std::mutex>& lock) -> clock::time_point {
  for (;;) {
    const auto soonest = std::min_element(timed_.begin(), timed_.end(),
                                          [](const auto* a, const auto* b) { return a->due_ < b->due_; });
    if (soonest == timed_.end())
      return clock::time_point::max();
    if ((*soonest)->due_ > clock::now())
      return (*soonest)->due_;
    auto call = (*soonest)->call();
    (*soonest)->move_to((*soonest)->own_);
    lock.unlock();
    call->see_to_time();
    call.reset(); // maybe the last of its engine
    lock.lock();
  }
}

CROSSPOOL_INLINE void watched_call::call_ended() noexcept {
  by_.note(*this);
}

CROSSPOOL_INLINE void watched_call::item_is_due(std::chrono::steady_clock::time_point when) noexcept {
  by_.note(*this, when);
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
