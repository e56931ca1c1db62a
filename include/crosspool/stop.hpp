// Stopping calls from another thread: a source that is tripped, and tokens of it in the options of calls. As
// std::stop_source, which not every standard library has; where it does, its tokens do as well.
#ifndef CROSSPOOL_STOP_HPP
#define CROSSPOOL_STOP_HPP

#include <crosspool/version.hpp>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>
#include <version>
#ifdef __cpp_lib_jthread
#include <stop_token>
#endif

namespace CROSSPOOL_NAMESPACE {

namespace detail {

/// What a token refers to. Thread-safe.
class stop_state {
public:
  stop_state() = default;
  stop_state(const stop_state&) = delete;
  stop_state& operator=(const stop_state&) = delete;
  virtual ~stop_state() = default;
  [[nodiscard]] virtual bool requested() const = 0;
  /// Calls on_stop, which must not throw, once: in the thread that requests the stop, or at once if that has been. What
  /// is returned ends the watch with its life, and waits then if another thread is in on_stop.
  virtual std::shared_ptr<void> watch(std::function<void()> on_stop) = 0;
};

class own_stop_state final : public stop_state, public std::enable_shared_from_this<own_stop_state> {
public:
  [[nodiscard]] bool requested() const override {
    const std::lock_guard lock(mutex_);
    return requested_;
  }

  bool request() {
    std::unique_lock lock(mutex_);
    if (std::exchange(requested_, true))
      return false;
    requester_ = std::this_thread::get_id();
    while (!watchers_.empty()) {
      called_ = watchers_.back();
      watchers_.pop_back();
      const auto on_stop = std::move(called_->on_stop); // it may end its own watch
      lock.unlock();
      on_stop();
      lock.lock();
      called_ = nullptr;
      ended_.notify_all();
    }
    return true;
  }

  std::shared_ptr<void> watch(std::function<void()> on_stop) override {
    auto made = std::make_shared<watcher>(shared_from_this(), std::move(on_stop));
    std::unique_lock lock(mutex_);
    if (!requested_) {
      watchers_.push_back(made.get());
      return made;
    }
    lock.unlock();
    made->on_stop();
    return nullptr;
  }

private:
  struct watcher {
    watcher(std::shared_ptr<own_stop_state> of, std::function<void()> call)
        : state(std::move(of)), on_stop(std::move(call)) {}
    watcher(const watcher&) = delete;
    watcher& operator=(const watcher&) = delete;
    ~watcher() { state->forget(*this); }

    std::shared_ptr<own_stop_state> state;
    std::function<void()> on_stop;
  };

  void forget(watcher& one) {
    std::unique_lock lock(mutex_);
    std::erase(watchers_, &one);
    if (requester_ != std::this_thread::get_id())
      ended_.wait(lock, [&] { return called_ != &one; });
  }

  mutable std::mutex mutex_;
  std::condition_variable ended_; // a call of on_stop has
  bool requested_ = false;
  std::thread::id requester_;
  std::vector<watcher*> watchers_;
  watcher* called_ = nullptr;
};

#ifdef __cpp_lib_jthread
class std_stop_state final : public stop_state {
public:
  explicit std_stop_state(std::stop_token token) : token_(std::move(token)) {}
  [[nodiscard]] bool requested() const override { return token_.stop_requested(); }
  std::shared_ptr<void> watch(std::function<void()> on_stop) override {
    return std::make_shared<std::stop_callback<std::function<void()>>>(token_, std::move(on_stop));
  }

private:
  std::stop_token token_;
};
#endif

} // namespace detail

/// Says whether a stop has been requested; for call_options.stop. Thread-safe; copies refer to the same source.
class stop_token {
public:
  /// Of no source: it never stops anything.
  stop_token() = default;
  explicit stop_token(std::shared_ptr<detail::stop_state> state) : state_(std::move(state)) {}
#ifdef __cpp_lib_jthread
  stop_token(std::stop_token token)
      : state_(token.stop_possible() ? std::make_shared<detail::std_stop_state>(std::move(token)) : nullptr) {}
#endif

  [[nodiscard]] bool stop_requested() const { return state_ && state_->requested(); }

  /// For calls: as detail::stop_state. Null if nothing remains to be watched.
  [[nodiscard]] std::shared_ptr<void> watch(std::function<void()> on_stop) const {
    return state_ ? state_->watch(std::move(on_stop)) : nullptr;
  }

private:
  std::shared_ptr<detail::stop_state> state_;
};

/// Stops the calls that were given a token of it. Thread-safe; copies are the same source.
class stop_source {
public:
  [[nodiscard]] stop_token get_token() const { return stop_token(state_); }
  [[nodiscard]] bool stop_requested() const { return state_->requested(); }

  /// False if that has been done before. When it returns, what was queued of the calls will not be run.
  bool request_stop() { return state_->request(); }

private:
  std::shared_ptr<detail::own_stop_state> state_ = std::make_shared<detail::own_stop_state>();
};

} // namespace CROSSPOOL_NAMESPACE

#endif
