// What of futures/continuation.hpp depends on no type of the user's.
#ifndef CROSSPOOL_FUTURES_CONTINUATION_IPP
#define CROSSPOOL_FUTURES_CONTINUATION_IPP

#include <crosspool/futures/continuation.hpp>

#include <atomic>
#include <thread>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE auto continuation_queue::of_process() -> continuation_queue& {
  static std::atomic<continuation_queue*> current = nullptr;
  auto* here = current.load(std::memory_order_acquire);
  const int pid = this_worker::pid();
  while (here == nullptr || here->pid_ != pid) {
    auto made = std::make_unique<continuation_queue>();
    if (current.compare_exchange_strong(here, made.get(), std::memory_order_acq_rel, std::memory_order_acquire))
      here = made.release(); // for ever: the thread may outlast main
  }
  return *here;
}

CROSSPOOL_INLINE void continuation_queue::add(continuation& c) {
  {
    const std::lock_guard lock(mutex_);
    ++expected_;
    if (auto* const origin = origin_of(*c.call()))
      ++origin->continuations;
    start_thread();
  }
  watch(c);
}

CROSSPOOL_INLINE void continuation_queue::withdraw(continuation& c) noexcept {
  if (!let_go(c))
    return;
  const std::lock_guard lock(mutex_);
  --expected_;
  forget(*c.call());
}

CROSSPOOL_INLINE void continuation_queue::wait_for_all_of(const driver& engine) {
  if (seat_of_thread.taken)
    return;
  wait(clock::time_point::max(), [&](clock::time_point when) {
    std::unique_lock lock(mutex_);
    return wait_until(lock, when, [&] { return engine.continuations == 0; });
  });
}

CROSSPOOL_INLINE continuation_queue::pause::pause(continuation_queue& of) : queue_(of), before_(seat_of_thread) {
  if (!before_.taken)
    return;
  const std::lock_guard lock(queue_.mutex_);
  seat_of_thread = {};
  queue_.running_ = false;
  queue_.serving_ -= before_.serves ? 1 : 0;
  queue_.changed_.notify_all();
}

CROSSPOOL_INLINE continuation_queue::pause::~pause() {
  if (!before_.taken)
    return;
  std::unique_lock lock(queue_.mutex_);
  queue_.changed_.wait(lock, [&] { return !queue_.running_; });
  seat_of_thread = before_;
  queue_.running_ = true;
  queue_.serving_ += before_.serves ? 1 : 0;
  queue_.changed_.notify_all(); // one of two threads is to end
}

CROSSPOOL_INLINE void continuation_queue::start_thread() noexcept {
  if (serving_ != 0 || expected_ == 0)
    return;
  try {
    std::thread([this] { serve(); }).detach();
    ++serving_;
  } catch (...) { // whoever waits sees to it
  }
}

CROSSPOOL_INLINE void continuation_queue::run_one(std::unique_lock<std::mutex>& lock) {
  auto& c = static_cast<continuation&>(*take());
  auto self = std::move(c.self_);
  auto call = c.call(); // which keeps its engine
  --expected_;
  running_ = seat_of_thread.taken = true;
  lock.unlock();
  c.run();
  self.reset();
  lock.lock();
  running_ = seat_of_thread.taken = false;
  forget(*call);
  lock.unlock();
  call.reset();
  lock.lock();
}

CROSSPOOL_INLINE void continuation_queue::forget(const completion& call) noexcept {
  if (auto* const origin = origin_of(call))
    --origin->continuations;
  changed_.notify_all();
}

CROSSPOOL_INLINE void continuation_queue::serve() {
  std::unique_lock lock(mutex_);
  seat_of_thread.serves = true;
  const auto superfluous = [&] { return serving_ > 1 || expected_ == 0; };
  for (;;) {
    wait_until(lock, clock::time_point::max(), [&] { return superfluous() || (any_ended() && !running_); });
    if (superfluous())
      break;
    run_one(lock);
  }
  --serving_;
}

CROSSPOOL_INLINE bool continuation_queue::is_served() {
  const std::lock_guard lock(mutex_);
  start_thread();
  return serving_ != 0 || expected_ == 0;
}

CROSSPOOL_INLINE void continuation_queue::run_what_has_ended() {
  std::unique_lock lock(mutex_);
  while (wait_until(lock, clock::time_point::min(), [&] { return any_ended() && !running_; }))
    run_one(lock);
}

CROSSPOOL_INLINE continuation::continuation(std::shared_ptr<completion> call)
    : watched_call(continuation_queue::of_process(), std::move(call)), queue_(continuation_queue::of_process()) {}

CROSSPOOL_INLINE void continuation::withdraw() noexcept {
  queue_.withdraw(*this);
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
