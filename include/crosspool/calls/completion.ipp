// What of calls/completion.hpp depends on no type of the user's.
#ifndef CROSSPOOL_CALLS_COMPLETION_IPP
#define CROSSPOOL_CALLS_COMPLETION_IPP

#include <crosspool/calls/completion.hpp>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE const std::exception_ptr& call_was_abandoned() {
  static const auto& error = *new auto(
      std::make_exception_ptr(cancelled("crosspool: the call was over before this item was begun")));
  return error;
}

CROSSPOOL_INLINE std::string had_not_ended(std::string_view verb, std::size_t index, std::chrono::nanoseconds timeout) {
  const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(timeout);
  return item_name(verb, index) + " had not ended after " + std::to_string(time.count()) + " ms";
}

CROSSPOOL_INLINE void completion::add() {
  const std::lock_guard lock(mutex_);
  ++out_;
}

CROSSPOOL_INLINE void completion::remove() {
  const std::lock_guard lock(mutex_);
  --out_;
  changed_.notify_all();
  tell_of_end();
}

CROSSPOOL_INLINE void completion::seal() {
  const std::lock_guard lock(mutex_);
  sealed_ = true;
  changed_.notify_all();
  tell_of_end();
}

CROSSPOOL_INLINE bool completion::wait_until(clock::time_point when, collector* to) {
  if (!driver_)
    return sleep_until(when);
  if (!ready())
    driver_->drive(*this, when, to);
  return ready();
}

CROSSPOOL_INLINE bool completion::sleep_until(clock::time_point when) {
  return sleep_until(when, [&] { return done(); });
}

CROSSPOOL_INLINE void completion::wait_until_fewer_than(std::size_t parcels) {
  sleep_until(clock::time_point::max(), [&] { return cancelled_ || out_ < parcels; });
}

CROSSPOOL_INLINE bool completion::ready() {
  const std::lock_guard lock(mutex_);
  return done();
}

CROSSPOOL_INLINE std::size_t completion::out() {
  const std::lock_guard lock(mutex_);
  return out_;
}

CROSSPOOL_INLINE void completion::item_failed() noexcept {
  if (limits_.fail_fast)
    abandon();
}

CROSSPOOL_INLINE bool completion::is_cancelled() {
  const std::lock_guard lock(mutex_);
  return cancelled_;
}

CROSSPOOL_INLINE bool completion::is_stopped() {
  const std::lock_guard lock(mutex_);
  return stopped_;
}

CROSSPOOL_INLINE void completion::bring_home_unrun() {
  abandon();
  if (driver_)
    driver_->cancel(*this);
}

CROSSPOOL_INLINE bool completion::subscribe(subscriber& to) {
  {
    std::unique_lock lock(mutex_);
    end_lapsed(lock);
    if (has_ended())
      return false;
    subscriber_ = &to;
    begin_waiting();
    tell_of_time();
  }
  if (driver_)
    driver_->attend_to_subscribed();
  return true;
}

CROSSPOOL_INLINE bool completion::unsubscribe(const subscriber& who) noexcept {
  const std::lock_guard lock(mutex_);
  if (subscriber_ != &who)
    return false;
  subscriber_ = nullptr;
  end_waiting();
  return true;
}

CROSSPOOL_INLINE void completion::see_to_time() {
  std::unique_lock lock(mutex_);
  end_lapsed(lock);
  tell_of_time();
}

CROSSPOOL_INLINE void completion::begin(timed_item& item) {
  const std::lock_guard lock(mutex_);
  running_.push_back({&item, clock::now() + limits_.timeout});
  if (running_.size() == 1) { // whoever waits has had no time to wait until
    changed_.notify_all();
    tell_of_time();
  }
}

CROSSPOOL_INLINE bool completion::end(timed_item& item) {
  {
    const std::lock_guard lock(mutex_);
    const auto it = std::find_if(running_.begin(), running_.end(),
                                 [&](const auto& each) { return each.item == &item; });
    if (it == running_.end())
      return false;
    const bool in_time = clock::now() < it->deadline;
    running_.erase(it);
    if (in_time)
      return true;
  }
  item.time_out();
  return false;
}

CROSSPOOL_INLINE void completion::set_pace(estimated_time of_one) noexcept {
  pace_.store(of_one, std::memory_order_relaxed);
  measured_.fetch_add(1, std::memory_order_relaxed);
}

CROSSPOOL_INLINE void completion::ended(std::size_t items, std::size_t failed) noexcept {
  if (!counts_)
    return;
  failed_.fetch_add(failed, std::memory_order_relaxed);
  ended_.fetch_add(items, std::memory_order_relaxed);
}

CROSSPOOL_INLINE bool completion::cancel(bool& how) {
  {
    std::unique_lock lock(mutex_);
    end_lapsed(lock);
    if (has_ended())
      return false;
    how = true;
    changed_.notify_all();
    tell_of_end();
  }
  bring_home_unrun();
  return true;
}

CROSSPOOL_INLINE void completion::tell_of_end() noexcept {
  if (subscriber_ != nullptr && has_ended()) {
    end_waiting();
    std::exchange(subscriber_, nullptr)->call_ended();
  }
}

CROSSPOOL_INLINE void completion::tell_of_time() noexcept {
  if (subscriber_ != nullptr && !running_.empty())
    subscriber_->item_is_due(running_.front().deadline);
}

CROSSPOOL_INLINE void completion::end_lapsed(std::unique_lock<std::mutex>& lock) {
  while (!running_.empty() && running_.front().deadline <= clock::now()) {
    auto& item = *running_.front().item;
    running_.erase(running_.begin());
    lock.unlock();
    item.time_out();
    lock.lock();
  }
}

CROSSPOOL_INLINE void end_by(const stop_token& stop, const std::shared_ptr<completion>& home, bool at_once) {
  home->keep(stop.watch([call = std::weak_ptr(home), at_once] {
    if (const auto c = call.lock())
      static_cast<void>(at_once ? c->cancel() : c->stop());
  }));
}

CROSSPOOL_INLINE void parcel::came_home() {
  is_home_.store(true, std::memory_order_release);
  home_->remove();
}

CROSSPOOL_INLINE void completion::wait_for(const parcel* one, std::size_t fewer_than, clock::time_point when) {
  urgent_below_.store(one != nullptr ? one->first() + 1 : std::size_t(-1), std::memory_order_relaxed);
  set_goal(one, fewer_than);
  wait_until(when);
  set_goal(nullptr, 0);
}

CROSSPOOL_INLINE void completion::set_goal(const parcel* one, std::size_t fewer_than) {
  const std::lock_guard lock(mutex_);
  goal_ = one;
  goal_fewer_than_ = fewer_than;
}

CROSSPOOL_INLINE bool completion::is_at_goal() const noexcept {
  return out_ < goal_fewer_than_ || (goal_ != nullptr && goal_->is_home());
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
