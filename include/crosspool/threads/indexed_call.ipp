// What of threads/indexed_call.hpp depends on no type of the user's.
#ifndef CROSSPOOL_THREADS_INDEXED_CALL_IPP
#define CROSSPOOL_THREADS_INDEXED_CALL_IPP

#include <crosspool/threads/indexed_call.hpp>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE indexed_call::indexed_call(const std::shared_ptr<completion>& home, std::string_view verb,
                                            std::size_t count, std::size_t chunksize)
    : parcel(home, verb, 0), chunksize_(std::min(chunksize, std::size_t(1) << 30U)) {
  added(count);
  home->add();
  home->seal();
}

CROSSPOOL_INLINE std::size_t indexed_call::left() const noexcept {
  const auto next = next_.load(std::memory_order_relaxed);
  return (next < size() ? size() - next : 0) + returned_.load(std::memory_order_relaxed);
}

CROSSPOOL_INLINE void indexed_call::cancel(const std::exception_ptr& error) {
  const std::lock_guard lock(mutex_);
  cancelled_ = error;
  take_unclaimed();
}

CROSSPOOL_INLINE void indexed_call::fail(std::size_t item, const std::exception_ptr& error) {
  const std::lock_guard lock(mutex_);
  fail_locked(item, error);
}

CROSSPOOL_INLINE bool indexed_call::item_failed() {
  home().ended(0, 1);
  home().item_failed();
  return home().limits().fail_fast;
}

CROSSPOOL_INLINE auto indexed_call::claim(std::size_t n) -> claimed {
  if (abandoned())
    skip_unclaimed();
  const auto first = next_.fetch_add(n, std::memory_order_relaxed);
  return first < size() ? claimed{first, first + std::min(n, size() - first)} : claim_of_rests(n);
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

CROSSPOOL_INLINE void indexed_call::take_unclaimed() {
  if (const auto first = next_.exchange(size(), std::memory_order_relaxed); first < size())
    skip_locked(first);
  for (; !rests_.empty(); rests_.pop_back())
    skip_locked(rests_.back().first);
  returned_.store(0, std::memory_order_relaxed);
  wanted_.store(true, std::memory_order_relaxed);
}

CROSSPOOL_INLINE void indexed_call::skip_unclaimed() {
  const std::lock_guard lock(mutex_);
  if (!cancelled_)
    cancelled_ = home().is_stopped() ? call_was_cancelled() : call_was_abandoned();
  take_unclaimed();
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
