// A call that is under way, seen from both sides: an engine brings its parcels home, a future waits for them.
// A parcel is some consecutive items of one call on their way to one worker.
#ifndef CROSSPOOL_FUTURE_HPP
#define CROSSPOOL_FUTURE_HPP

#include <crosspool/crossable.hpp>
#include <crosspool/outcome.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <future>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

namespace crosspool {
namespace detail {

/// Counts a call's parcels: out with add(), home with remove(). Thread-safe.
class completion {
public:
  void add() {
    const std::lock_guard lock(mutex_);
    ++out_;
  }
  void remove() {
    const std::lock_guard lock(mutex_);
    --out_;
    changed_.notify_all();
  }
  /// No more parcels will be added.
  void seal() {
    const std::lock_guard lock(mutex_);
    sealed_ = true;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return done(); });
  }
  void wait_until_fewer_than(std::size_t parcels) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return out_ < parcels; });
  }
  template <class Clock, class Duration> bool wait_until(const std::chrono::time_point<Clock, Duration>& when) {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, when, [&] { return done(); });
  }
  [[nodiscard]] bool ready() {
    const std::lock_guard lock(mutex_);
    return done();
  }
  /// Parcels that no worker has yet need not be run any more.
  void abandon() noexcept { abandoned_.store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool abandoned() const noexcept { return abandoned_.load(std::memory_order_relaxed); }

private:
  [[nodiscard]] bool done() const noexcept { return sealed_ && out_ == 0; }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t out_ = 0;
  bool sealed_ = false;
  std::atomic<bool> abandoned_ = false;
};

/// What an engine sees of a parcel, whatever is in it.
class parcel {
public:
  parcel(std::shared_ptr<completion> home, std::string_view verb, std::size_t first)
      : home_(std::move(home)), verb_(verb), first_(first) {}
  parcel(const parcel&) = delete;
  parcel& operator=(const parcel&) = delete;
  virtual ~parcel() = default;

  /// Index of its first item in the call, and how many there are.
  [[nodiscard]] std::size_t first() const noexcept { return first_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::string_view verb() const noexcept { return verb_; }
  [[nodiscard]] bool abandoned() const noexcept { return home_->abandoned(); }

protected:
  void added() noexcept { ++size_; }
  void came_home() { home_->remove(); }

private:
  std::shared_ptr<completion> home_;
  std::string_view verb_;
  std::size_t first_;
  std::size_t size_ = 0;
};

/// What a call sees of a parcel that is home.
template <class R> class result_source {
public:
  result_source() = default;
  result_source(const result_source&) = delete;
  result_source& operator=(const result_source&) = delete;
  virtual ~result_source() = default;
  virtual void unpack(std::vector<outcome<R>>& to) = 0;
};

/// One call: its parcels in order. One thread adds, then one waits and unpacks.
template <class R> class call {
public:
  [[nodiscard]] const std::shared_ptr<completion>& home() const noexcept { return home_; }

  void add(std::shared_ptr<result_source<R>> source) { sources_.push_back(std::move(source)); }

  /// Waits for all; gives the outcomes in order and lets go of the parcels.
  std::vector<outcome<R>> outcomes() {
    home_->wait();
    std::vector<outcome<R>> all;
    for (auto& source : std::exchange(sources_, {})) {
      source->unpack(all);
      source.reset();
    }
    return all;
  }

private:
  std::shared_ptr<completion> home_ = std::make_shared<completion>();
  std::vector<std::shared_ptr<result_source<R>>> sources_;
};

// How the outcomes of a call become its value. Each throws the error of the lowest item that failed.
struct as_vector {
  template <class R> static auto collect(call<R>& c) {
    auto all = c.outcomes();
    if constexpr (std::is_same_v<R, std::monostate>)
      for (auto& each : all)
        each.value();
    else {
      std::vector<R> values;
      values.reserve(all.size());
      for (auto& each : all)
        values.push_back(std::move(each).value());
      return values;
    }
  }
};
struct as_single {
  template <class R> static auto collect(call<R>& c) {
    auto all = c.outcomes();
    if constexpr (std::is_same_v<R, std::monostate>)
      all.front().value();
    else
      return std::move(all.front()).value();
  }
};
template <class R, class As> using collected = decltype(As::collect(std::declval<call<R>&>()));

template <class T> class pending {
public:
  pending() = default;
  pending(const pending&) = delete;
  pending& operator=(const pending&) = delete;
  virtual ~pending() = default;
  virtual completion& home() = 0;
  virtual T collect() = 0;
};

template <class R, class As> class pending_call final : public pending<collected<R, As>> {
public:
  explicit pending_call(call<R> c) : call_(std::move(c)) {}
  completion& home() override { return *call_.home(); }
  collected<R, As> collect() override { return As::collect(call_); }

private:
  call<R> call_;
};

} // namespace detail

/// The result of map_async or apply_async, now or later. It may outlive its pool, which brings every call home before
/// it ends. Like std::future, one thread at a time may use one future, and get() may be called once; unlike that of
/// std::async, its destructor does not wait.
template <class T> class future : public detail::pool_or_future {
public:
  future() = default;
  explicit future(std::unique_ptr<detail::pending<T>> call) : call_(std::move(call)) {}

  /// False after get(), and for a default-constructed or moved-from future.
  [[nodiscard]] bool valid() const noexcept { return call_ != nullptr; }

  /// Waits, then gives the value or throws the error (for a map: that of the lowest item that failed).
  /// Throws std::future_error (no_state) if not valid; so do the functions below.
  T get() {
    demand_valid();
    return std::exchange(call_, nullptr)->collect();
  }

  void wait() const {
    demand_valid();
    call_->home().wait();
  }

  /// std::future_status::ready or timeout.
  template <class Rep, class Period> std::future_status wait_for(const std::chrono::duration<Rep, Period>& time) const {
    demand_valid();
    const auto now = std::chrono::steady_clock::now();
    if (std::chrono::duration<double>(time) >= std::chrono::steady_clock::time_point::max() - now) {
      call_->home().wait(); // longer than the clock can tell
      return std::future_status::ready;
    }
    return call_->home().wait_until(now + time) ? std::future_status::ready : std::future_status::timeout;
  }

  [[nodiscard]] bool ready() const {
    demand_valid();
    return call_->home().ready();
  }

private:
  void demand_valid() const {
    if (!call_)
      throw std::future_error(std::future_errc::no_state);
  }

  std::unique_ptr<detail::pending<T>> call_;
};

} // namespace crosspool

#endif
