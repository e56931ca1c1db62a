// What of threads/indexed_call.hpp depends on no type of the user's.
#ifndef CROSSPOOL_THREADS_INDEXED_CALL_IPP
#define CROSSPOOL_THREADS_INDEXED_CALL_IPP

#include <crosspool/threads/indexed_call.hpp>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE std::size_t indexed_call::left() const noexcept {
  const auto next = next_.load(std::memory_order_relaxed);
  return (next < count_ ? count_ - next : 0) + returned_.load(std::memory_order_relaxed);
}

CROSSPOOL_INLINE void indexed_call::cancel(const std::exception_ptr& error) {
  const std::lock_guard lock(mutex_);
  cancelled_ = error;
  take_unclaimed();
}

CROSSPOOL_INLINE void indexed_call::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  cancelled_ = call_was_cancelled();
  take_unclaimed();
}

CROSSPOOL_INLINE void indexed_call::finish() {
  const std::lock_guard lock(mutex_);
  over_ = true;
  finished_.notify_one();
}

CROSSPOOL_INLINE void indexed_call::wait() {
  std::unique_lock lock(mutex_);
  finished_.wait(lock, [&] { return over_; });
}

CROSSPOOL_INLINE bool indexed_call::wait_until(std::chrono::steady_clock::time_point when) {
  std::unique_lock lock(mutex_);
  return finished_.wait_until(lock, when, [&] { return over_; });
}

CROSSPOOL_INLINE void indexed_call::fail(std::size_t item, const std::exception_ptr& error) {
  count_failure();
  const std::lock_guard lock(mutex_);
  fail_locked(item, error);
}

CROSSPOOL_INLINE bool indexed_call::item_failed() {
  if (!limits_.fail_fast)
    return false;
  const std::lock_guard lock(mutex_);
  if (!cancelled_) {
    cancelled_ = call_was_abandoned();
    take_unclaimed();
  }
  return true;
}

CROSSPOOL_INLINE auto indexed_call::claim(std::size_t n) -> claimed {
  const auto first = next_.fetch_add(n, std::memory_order_relaxed);
  return first < count_ ? claimed{first, first + std::min(n, count_ - first)} : claim_of_rests(n);
}

CROSSPOOL_INLINE auto indexed_call::claim_of_rests(std::size_t n) -> claimed {
  const std::lock_guard lock(mutex_);
  if (rests_.empty()) {
    wanted_.store(true, std::memory_order_relaxed);
    return {0, 0};
  }
  auto& rest = rests_.back();
  const claimed some{rest.first, rest.first + std::min(n, (rest.last - rest.first + 1) / 2)};
  returned_.fetch_sub(some.last - some.first, std::memory_order_relaxed);
  rest.first = some.last;
  if (rest.first == rest.last)
    rests_.pop_back();
  return some;
}

CROSSPOOL_INLINE bool indexed_call::give_back(std::size_t first, std::size_t last) noexcept {
  const std::lock_guard lock(mutex_);
  if (cancelled_) {
    skip_locked(first);
    return true;
  }
  wanted_.store(false, std::memory_order_relaxed);
  try {
    rests_.push_back({first, last});
  } catch (const std::bad_alloc&) {
    return false;
  }
  returned_.fetch_add(last - first, std::memory_order_relaxed);
  return true;
}

CROSSPOOL_INLINE void indexed_call::count(std::size_t ended) noexcept {
  if (counts_)
    ended_.fetch_add(ended, std::memory_order_relaxed);
}

CROSSPOOL_INLINE void indexed_call::take_unclaimed() {
  if (const auto first = next_.exchange(count_, std::memory_order_relaxed); first < count_)
    skip_locked(first);
  for (; !rests_.empty(); rests_.pop_back())
    skip_locked(rests_.back().first);
  returned_.store(0, std::memory_order_relaxed);
  wanted_.store(true, std::memory_order_relaxed);
}

CROSSPOOL_INLINE void indexed_call::skip_locked(std::size_t item) {
  skipped_some_ = true;
  if (cancelled_ != call_was_abandoned())
    fail_locked(item, cancelled_);
}

CROSSPOOL_INLINE void indexed_call::fail_locked(std::size_t item, const std::exception_ptr& error) {
  if (!error_ || item < failed_)
    error_ = error;
  failed_ = std::min(failed_, item);
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
