// Where a rank puts what it has to say.
#ifndef CROSSPOOL_RANKS_OUTBOX_HPP
#define CROSSPOOL_RANKS_OUTBOX_HPP

#include <crosspool/ranks/message.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

/// Where a rank puts what it has to say. Thread-safe, but for on_message.
class rank_outbox {
public:
  /// wake is called when there is something, with locks held. Before there is.
  void on_message(std::function<void()> wake) { wake_ = std::move(wake); }

  void post(rank_message message) {
    const std::lock_guard lock(mutex_);
    messages_.push_back(std::move(message));
    tell();
  }
  /// A batch of this pool has ended, of which the pool itself will tell.
  void batch_ended(std::uint32_t pool, std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    ended_.emplace_back(pool, number);
    tell();
  }

  [[nodiscard]] std::deque<rank_message> take_messages() {
    const std::lock_guard lock(mutex_);
    return std::exchange(messages_, {});
  }
  [[nodiscard]] std::vector<std::pair<std::uint32_t, std::uint64_t>> take_ended() {
    const std::lock_guard lock(mutex_);
    return std::exchange(ended_, {});
  }
  /// Until there is something, or for that long.
  void wait_for(std::chrono::nanoseconds time) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, time, [&] { return !messages_.empty() || !ended_.empty(); });
  }

private:
  void tell() {
    changed_.notify_all();
    if (wake_)
      wake_();
  }

  std::function<void()> wake_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<rank_message> messages_;
  std::vector<std::pair<std::uint32_t, std::uint64_t>> ended_;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
