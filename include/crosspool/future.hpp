// A call that is under way, seen from both sides: an engine brings its parcels home, a future waits for them.
// A parcel is some consecutive items of one call on their way to one worker.
#ifndef CROSSPOOL_FUTURE_HPP
#define CROSSPOOL_FUTURE_HPP

#include <crosspool/crossable.hpp>
#include <crosspool/error.hpp>
#include <crosspool/memory_advice.hpp>
#include <crosspool/outcome.hpp>
#include <crosspool/progress.hpp>
#include <crosspool/stop.hpp>
#include <crosspool/this_worker.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crosspool {
namespace detail {

class completion;
class parcel;

// What items end with that are not to be run.
inline std::exception_ptr call_was_cancelled() {
  return std::make_exception_ptr(cancelled("crosspool: the call was cancelled"));
}
/// Always the same one, by which it is told from the errors of items that were run.
inline const std::exception_ptr& call_was_abandoned() {
  static const auto& error = *new auto(
      std::make_exception_ptr(cancelled("crosspool: the call was over before this item was begun")));
  return error;
}

/// "item 17 of map"
inline std::string item_name(std::string_view verb, std::size_t index) {
  return "item " + std::to_string(index) + " of " + std::string(verb);
}
/// "item 17 of map had not ended after 200 ms"
inline std::string had_not_ended(std::string_view verb, std::size_t index, std::chrono::nanoseconds timeout) {
  const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(timeout);
  return item_name(verb, index) + " had not ended after " + std::to_string(time.count()) + " ms";
}

/// What the one who waits for a call does with what has come home meanwhile.
class collector {
public:
  collector() = default;
  collector(const collector&) = delete;
  collector& operator=(const collector&) = delete;
  virtual ~collector() = default;
  virtual void collect() = 0;
};

/// An item whose time is limited though it cannot be stopped, while it runs: the wait for it is what ends.
class timed_item {
public:
  timed_item() = default;
  timed_item(const timed_item&) = delete;
  timed_item& operator=(const timed_item&) = delete;
  /// Its time is over: it has ended so, whatever it does.
  virtual void time_out() noexcept = 0;

protected:
  ~timed_item() = default;
};

/// Who is told of one call's end without waiting for it. Told with locks held: what it does is short, and takes no lock
/// but a last one of its own.
class subscriber {
public:
  subscriber() = default;
  subscriber(const subscriber&) = delete;
  subscriber& operator=(const subscriber&) = delete;
  /// Once.
  virtual void call_ended() noexcept = 0;
  /// An item's time is over then: see_to_time() is to be called.
  virtual void item_is_due(std::chrono::steady_clock::time_point when) noexcept = 0;

protected:
  ~subscriber() = default;
};

/// An engine that is driven by those who wait for it, instead of by a thread of its own that would have to wake them.
class driver {
public:
  using clock = std::chrono::steady_clock;

  driver() = default;
  driver(const driver&) = delete;
  driver& operator=(const driver&) = delete;
  virtual ~driver() = default;
  /// Works until the call is complete or the time has come. to: may be null.
  virtual void drive(completion& until, clock::time_point deadline, collector* to) = 0;
  /// The call has been cancelled: its items need not be run, and those that run are to be stopped.
  virtual void cancel(completion& call) = 0;
  /// Somebody has subscribed to a call: its end is to be noticed soon, though nobody drives for it.
  virtual void attend_to_subscribed() {}
  /// The pool's engine that the calls depend on in the end.
  virtual driver& origin() noexcept { return *this; }

  std::size_t continuations = 0; // of its calls, that have not run: the continuation_queue's to count
};

/// What the items of a call may take, and what else holds for all of them.
struct call_limits {
  std::chrono::nanoseconds timeout{0}; // for one item; zero: none
  unsigned retries = 0;
  std::uint64_t seed = 0; // of the call
  bool fail_fast = false;
  int priority = 0;
};

/// Counts a call's parcels: out with add(), home with remove(). Thread-safe.
class completion {
public:
  using clock = driver::clock;

  completion() = default;
  /// by: who brings the parcels home, if that takes who waits for them; may be null. attended: the caller waits.
  explicit completion(std::shared_ptr<driver> by, bool attended, const call_limits& limits = {})
      : driver_(std::move(by)), attended_(attended), limits_(limits) {}

  [[nodiscard]] const call_limits& limits() const noexcept { return limits_; }

  void add() {
    const std::lock_guard lock(mutex_);
    ++out_;
  }
  void remove() {
    const std::lock_guard lock(mutex_);
    --out_;
    changed_.notify_all();
    tell_of_end();
  }
  /// No more parcels will be added.
  void seal() {
    const std::lock_guard lock(mutex_);
    sealed_ = true;
    changed_.notify_all();
    tell_of_end();
  }
  void wait(collector* to = nullptr) { wait_until(clock::time_point::max(), to); }
  bool wait_until(clock::time_point when, collector* to = nullptr) {
    if (!driver_)
      return sleep_until(when);
    if (!ready())
      driver_->drive(*this, when, to);
    return ready();
  }
  /// As wait_until, without the driver: others bring the parcels home.
  bool sleep_until(clock::time_point when) {
    return sleep_until(when, [&] { return done(); });
  }
  void wait_until_fewer_than(std::size_t parcels) {
    sleep_until(clock::time_point::max(), [&] { return cancelled_ || out_ < parcels; });
  }
  [[nodiscard]] bool ready() {
    const std::lock_guard lock(mutex_);
    return done();
  }

  // ---- a call whose parcels are taken one by one: never sealed, and waited for by one thread ----

  /// How many are out.
  [[nodiscard]] std::size_t out() {
    const std::lock_guard lock(mutex_);
    return out_;
  }
  /// Waits until one is home, or fewer than so many are out, or the time has come. one: null if it does not matter
  /// which comes home.
  void wait_for(const parcel* one, std::size_t fewer_than, clock::time_point when);
  /// Whether who waits for the call wants to know at once that its parcel with this first item is home.
  [[nodiscard]] bool is_urgent(std::size_t first) const noexcept {
    return first < urgent_below_.load(std::memory_order_relaxed);
  }

  /// Parcels that no worker has yet need not be run any more.
  void abandon() noexcept { abandoned_.store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool abandoned() const noexcept { return abandoned_.load(std::memory_order_relaxed); }
  /// An item has failed: with fail_fast, that abandons the call.
  void item_failed() noexcept {
    if (limits_.fail_fast)
      abandon();
  }

  /// Ends the call, whatever its parcels do, unless it has ended already.
  bool cancel() { return cancel(cancelled_); }
  /// As cancel, but the call ends when its parcels have come home.
  bool stop() { return cancel(stopped_); }
  [[nodiscard]] bool is_cancelled() {
    const std::lock_guard lock(mutex_);
    return cancelled_;
  }
  [[nodiscard]] bool is_stopped() {
    const std::lock_guard lock(mutex_);
    return stopped_;
  }
  /// Keeps what has a stop end this call.
  void keep(std::shared_ptr<void> watch) noexcept { watch_ = std::move(watch); }

  /// Parcels that nobody has begun come home without being run, now.
  void bring_home_unrun() {
    abandon();
    if (driver_)
      driver_->cancel(*this);
  }

  /// One at a time. False if the call has ended: to will not be told then.
  bool subscribe(subscriber& to) {
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
  /// It is not told any more. Whether it would have been.
  bool unsubscribe(const subscriber& who) noexcept {
    const std::lock_guard lock(mutex_);
    if (subscriber_ != &who)
      return false;
    subscriber_ = nullptr;
    end_waiting();
    return true;
  }
  /// Ends what has had its time; who has subscribed is told when to look again.
  void see_to_time() {
    std::unique_lock lock(mutex_);
    end_lapsed(lock);
    tell_of_time();
  }
  /// Who brings the parcels home; may be null.
  [[nodiscard]] const std::shared_ptr<driver>& by() const noexcept { return driver_; }

  /// An item begins that limits() gives a time and that cannot be stopped. Whoever waits for the call sees to it: the
  /// item must stay where it is until it has ended, or the call is gone.
  void begin(timed_item& item) {
    const std::lock_guard lock(mutex_);
    running_.push_back({&item, clock::now() + limits_.timeout});
    if (running_.size() == 1) { // whoever waits has had no time to wait until
      changed_.notify_all();
      tell_of_time();
    }
  }
  /// It has returned. False if its time was over: it has ended as that then.
  bool end(timed_item& item) {
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

  /// How long the call's items take, in nanoseconds; 0: not known yet.
  [[nodiscard]] double pace() const noexcept { return pace_.load(std::memory_order_relaxed); }
  void set_pace(double nanoseconds) noexcept {
    pace_.store(nanoseconds, std::memory_order_relaxed);
    measured_.fetch_add(1, std::memory_order_relaxed);
  }
  /// How often it has been measured.
  [[nodiscard]] std::size_t measured() const noexcept { return measured_.load(std::memory_order_relaxed); }

  /// Before the first is added: items are counted when they end.
  void count_items() noexcept { counts_ = true; }
  [[nodiscard]] bool counts_items() const noexcept { return counts_; }
  void ended(std::size_t items, std::size_t failed) noexcept {
    if (!counts_)
      return;
    failed_.fetch_add(failed, std::memory_order_relaxed);
    ended_.fetch_add(items, std::memory_order_relaxed);
  }
  [[nodiscard]] std::size_t ended_items() const noexcept { return ended_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::size_t failed_items() const noexcept { return failed_.load(std::memory_order_relaxed); }

  /// Whether the one who made the call stays with it, and drives from time to time.
  [[nodiscard]] bool is_attended() const noexcept { return attended_; }

  /// Whether somebody is in drive() for it, or has subscribed.
  [[nodiscard]] bool is_waited_for() const noexcept { return waiting_.load(std::memory_order_relaxed) != 0; }
  void begin_waiting() noexcept { waiting_.fetch_add(1, std::memory_order_relaxed); }
  void end_waiting() noexcept { waiting_.fetch_sub(1, std::memory_order_relaxed); }

private:
  struct running_item {
    timed_item* item;
    clock::time_point deadline;
  };

  [[nodiscard]] bool has_ended() const noexcept { return cancelled_ || (sealed_ && out_ == 0); }
  [[nodiscard]] bool done() const noexcept { return has_ended() || is_at_goal(); }
  [[nodiscard]] bool is_at_goal() const noexcept;
  void set_goal(const parcel* one, std::size_t fewer_than);

  bool cancel(bool& how) {
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

  void tell_of_end() noexcept {
    if (subscriber_ != nullptr && has_ended()) {
      end_waiting();
      std::exchange(subscriber_, nullptr)->call_ended();
    }
  }
  void tell_of_time() noexcept {
    if (subscriber_ != nullptr && !running_.empty())
      subscriber_->item_is_due(running_.front().deadline);
  }

  template <class Done> bool sleep_until(clock::time_point when, Done is_done) {
    std::unique_lock lock(mutex_);
    for (;;) {
      end_lapsed(lock);
      if (is_done())
        return true;
      if (when == clock::time_point::min() || (when != clock::time_point::max() && when <= clock::now()))
        return false;
      const auto next = running_.empty() ? when : std::min(when, running_.front().deadline);
      if (next != clock::time_point::max())
        changed_.wait_until(lock, next);
      else
        changed_.wait(lock);
    }
  }

  // Whoever takes an item out of running_ says how it ended.
  void end_lapsed(std::unique_lock<std::mutex>& lock) {
    while (!running_.empty() && running_.front().deadline <= clock::now()) {
      auto& item = *running_.front().item;
      running_.erase(running_.begin());
      lock.unlock();
      item.time_out();
      lock.lock();
    }
  }

  std::shared_ptr<driver> driver_;
  bool attended_ = false;
  call_limits limits_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t out_ = 0;
  bool sealed_ = false;
  bool cancelled_ = false;
  const parcel* goal_ = nullptr; // of wait_for
  std::size_t goal_fewer_than_ = 0;
  bool stopped_ = false;
  subscriber* subscriber_ = nullptr;
  std::vector<running_item> running_; // those whose time is limited, in the order of their deadlines
  std::atomic<bool> abandoned_ = false;
  std::atomic<double> pace_ = 0;
  std::atomic<std::size_t> measured_ = 0;
  std::atomic<std::size_t> urgent_below_ = 0;
  std::atomic<int> waiting_ = 0;
  std::shared_ptr<void> watch_;
  bool counts_ = false;
  std::atomic<std::size_t> ended_ = 0, failed_ = 0;
};

/// Has a stop end this call; at_once: whatever its parcels do then.
inline void end_by(const stop_token& stop, const std::shared_ptr<completion>& home, bool at_once) {
  home->keep(stop.watch([call = std::weak_ptr(home), at_once] {
    if (const auto c = call.lock())
      static_cast<void>(at_once ? c->cancel() : c->stop());
  }));
}

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
  [[nodiscard]] int priority() const noexcept { return home_->limits().priority; }
  /// The call that it is a part of.
  [[nodiscard]] completion& home() const noexcept { return *home_; }
  /// Whether all its items have ended. Thread-safe.
  [[nodiscard]] bool is_home() const noexcept { return is_home_.load(std::memory_order_acquire); }

protected:
  void added(std::size_t items = 1) noexcept { size_ += items; }
  virtual void came_home() {
    is_home_.store(true, std::memory_order_release);
    home_->remove();
  }

private:
  std::shared_ptr<completion> home_;
  std::string_view verb_;
  std::size_t first_;
  std::size_t size_ = 0;
  std::atomic<bool> is_home_ = false;
};

inline void completion::wait_for(const parcel* one, std::size_t fewer_than, clock::time_point when) {
  urgent_below_.store(one != nullptr ? one->first() + 1 : std::size_t(-1), std::memory_order_relaxed);
  set_goal(one, fewer_than);
  wait_until(when);
  set_goal(nullptr, 0);
}
inline void completion::set_goal(const parcel* one, std::size_t fewer_than) {
  const std::lock_guard lock(mutex_);
  goal_ = one;
  goal_fewer_than_ = fewer_than;
}
inline bool completion::is_at_goal() const noexcept {
  return out_ < goal_fewer_than_ || (goal_ != nullptr && goal_->is_home());
}

/// The results of a call, in the order of its items: the values, and of the errors the first; or each outcome apart.
template <class R> class results {
public:
  explicit results(bool each_apart = false) : each_apart_(each_apart) {}

  void reserve(std::size_t count) {
    if (each_apart_)
      outcomes_.reserve(count);
    else
      reserve_to_fill(values_, count);
  }
  void add(R&& value) {
    if (each_apart_)
      outcomes_.emplace_back(std::move(value));
    else
      values_.push_back(std::move(value));
  }
  /// Copies of values in a row.
  void add(const R* first, const R* last) {
    if (each_apart_)
      outcomes_.insert(outcomes_.end(), first, last);
    else
      values_.insert(values_.end(), first, last);
  }
  void fail(std::exception_ptr error) {
    if (each_apart_)
      outcomes_.emplace_back(failure{std::move(error)});
    else if (!settled())
      error_ = std::move(error);
  }
  /// What is missing of so many outcomes has failed, too.
  void fill_up(std::size_t count, const std::exception_ptr& error) {
    while (each_apart_ && outcomes_.size() < count)
      outcomes_.emplace_back(failure{error});
  }
  /// It is no use to add more.
  [[nodiscard]] bool settled() const noexcept { return error_ != nullptr && error_ != call_was_abandoned(); }
  [[nodiscard]] bool each_apart() const noexcept { return each_apart_; }

  /// Throws the error of the lowest item that failed.
  std::vector<R> take() {
    if (error_)
      std::rethrow_exception(std::exchange(error_, nullptr));
    return std::move(values_);
  }
  std::vector<outcome<R>> take_outcomes() { return std::move(outcomes_); }

private:
  bool each_apart_;
  std::vector<R> values_;
  std::exception_ptr error_;
  std::vector<outcome<R>> outcomes_;
};

/// What a call sees of a parcel.
template <class R> class result_source {
public:
  result_source() = default;
  result_source(const result_source&) = delete;
  result_source& operator=(const result_source&) = delete;
  virtual ~result_source() = default;
  [[nodiscard]] virtual bool arrived() const noexcept = 0;
  /// Once it has arrived.
  virtual void unpack(results<R>& to) = 0;
};

/// One call: its parcels in order. One thread adds, then one waits; each unpacks what has arrived.
template <class R> class call final : public collector {
public:
  /// each_apart: as for results.
  explicit call(std::shared_ptr<completion> home = std::make_shared<completion>(), bool each_apart = false)
      : home_(std::move(home)), results_(each_apart) {}

  [[nodiscard]] const std::shared_ptr<completion>& home() const noexcept { return home_; }

  void add(std::shared_ptr<result_source<R>> source) { sources_.push_back(std::move(source)); }

  /// How many results there will be.
  void expect(std::size_t count) {
    results_.reserve(count);
    total_ = count;
  }
  /// There are no more items than these.
  void sent_all(std::size_t count) { total_ = count; }

  /// Whoever waits is to call this function. Before parcels are added.
  void report_to(const std::function<void(const progress&)>& f) {
    home_->count_items();
    reporter_.emplace(f);
  }
  /// Does, if it is time to. Throws what the function throws.
  void report() {
    if (reporter_)
      reporter_->report(home_->ended_items(), home_->failed_items(), total_);
  }

  void collect() override {
    for (; !sources_.empty() && sources_.front()->arrived(); sources_.pop_front())
      sources_.front()->unpack(results_);
  }

  /// Of that many items, some will not come: the pool has been terminated, or the call is over.
  void cut_short(std::size_t count) { cut_short_of_ = count; }

  /// Waits for all. Throws cancelled if the call was.
  results<R> take() {
    wait();
    if (home_->is_cancelled() || (home_->is_stopped() && !results_.each_apart()))
      std::rethrow_exception(call_was_cancelled());
    collect();
    report_end();
    if (cut_short_of_ != 0)
      results_.fill_up(cut_short_of_, home_->abandoned()
                                          ? call_was_abandoned()
                                          : std::make_exception_ptr(cancelled("crosspool: the pool was terminated")));
    return std::move(results_);
  }

private:
  void wait() {
    if (!reporter_)
      return home_->wait(this);
    try {
      while (!home_->wait_until(reporter_->due(), this))
        report();
    } catch (...) { // the caller's objects may be in use
      home_->abandon();
      home_->wait();
      throw;
    }
  }
  // What has not been sent has failed, too.
  void report_end() {
    if (const auto sent = home_->ended_items(), all = std::max(sent, cut_short_of_); reporter_)
      reporter_->report_end(all, home_->failed_items() + (all - sent));
  }

  std::shared_ptr<completion> home_;
  std::deque<std::shared_ptr<result_source<R>>> sources_;
  results<R> results_;
  std::size_t cut_short_of_ = 0;
  std::optional<std::size_t> total_;
  std::optional<progress_reporter> reporter_;
};

// How the results of a call become its value. Each throws the error of the lowest item that failed.
struct as_vector {
  template <class R> static auto collect(call<R>& c) {
    auto values = c.take().take();
    if constexpr (!std::is_same_v<R, std::monostate>)
      return values;
  }
};
struct as_single {
  template <class R> static auto collect(call<R>& c) {
    auto values = c.take().take();
    if constexpr (!std::is_same_v<R, std::monostate>)
      return static_cast<R>(std::move(values.front()));
  }
};
/// Each item's value or error; void functions have the value std::monostate.
struct as_outcomes {
  template <class R> static auto collect(call<R>& c) { return c.take().take_outcomes(); }
};
template <class R, class As> using collected = decltype(As::collect(std::declval<call<R>&>()));

template <class T> class pending {
public:
  pending() = default;
  pending(const pending&) = delete;
  pending& operator=(const pending&) = delete;
  virtual ~pending() = default;
  [[nodiscard]] virtual const std::shared_ptr<completion>& home() const noexcept = 0;
  virtual T collect() = 0;
  /// Its future ends without get(). self: this.
  virtual void drop(std::unique_ptr<pending> /*self*/) noexcept {}
};

template <class R, class As> class pending_call : public pending<collected<R, As>> {
public:
  explicit pending_call(std::unique_ptr<call<R>> c) : call_(std::move(c)) {}
  [[nodiscard]] const std::shared_ptr<completion>& home() const noexcept override { return call_->home(); }
  collected<R, As> collect() override { return As::collect(*call_); }

private:
  std::unique_ptr<call<R>> call_;
};

// What becomes of then(): see then.hpp.
template <class T, class G> struct continued;
// What waits for several calls needs more of a future than its user.
struct future_access;

} // namespace detail

/// The result of map_async or apply_async, now or later. It may outlive its pool, which brings every call home before
/// it ends. Like std::future, one thread at a time may use one future, and get() may be called once; unlike that of
/// std::async, its destructor does not wait: an error that nobody gets then goes to on_dropped_error's hook.
template <class T> class future : public detail::pool_or_future {
public:
  future() = default;
  explicit future(std::unique_ptr<detail::pending<T>> call) : call_(std::move(call)) {}
  future(future&& other) noexcept = default;
  future& operator=(future&& other) noexcept {
    if (this != &other) {
      drop();
      owner_ = other.owner_;
      call_ = std::move(other.call_);
    }
    return *this;
  }
  ~future() { drop(); }

  /// False after get() and then(), and for a default-constructed or moved-from future.
  [[nodiscard]] bool valid() const noexcept { return call_ != nullptr; }

  /// Waits, then gives the value or throws the error (for a map: that of the lowest item that failed).
  /// Throws std::future_error (no_state) if not valid; so do the functions below.
  T get() {
    demand_valid();
    return std::exchange(call_, nullptr)->collect();
  }

  /// Ends the call, unless it has ended: items that are queued are not run, and a worker process that runs one is
  /// stopped as by a timeout, and replaced; a thread finishes the item that it is at. get() throws cancelled from now
  /// on. False if the call had ended before: its values can still be had.
  bool cancel() {
    demand_valid();
    return call_->home()->cancel();
  }

  void wait() const {
    demand_valid();
    call_->home()->wait();
  }

  /// std::future_status::ready or timeout.
  template <class Rep, class Period> std::future_status wait_for(const std::chrono::duration<Rep, Period>& time) const {
    demand_valid();
    const auto now = std::chrono::steady_clock::now();
    const auto most = std::chrono::steady_clock::time_point::max() - now - std::chrono::hours(1);
    if (std::chrono::duration<double>(time) >= most) {
      call_->home()->wait(); // longer than the clock can tell, or nearly so
      return std::future_status::ready;
    }
    return call_->home()->wait_until(now + time) ? std::future_status::ready : std::future_status::timeout;
  }

  /// As wait_for. If somebody sets the clock meanwhile, that is not seen.
  template <class Clock, class Duration>
  std::future_status wait_until(const std::chrono::time_point<Clock, Duration>& when) const {
    const auto now = Clock::now();
    return now < when ? wait_for(when - now) : wait_for(std::chrono::nanoseconds::zero());
  }

  [[nodiscard]] bool ready() const {
    demand_valid();
    return call_->home()->wait_until(std::chrono::steady_clock::time_point::min());
  }

  /// Has g called with the value, as an rvalue, once it is there (g() if T is void), and returns the future of what g
  /// returns, or of what that is a future of. If the call fails, its error passes on and g is not called; but a g that
  /// takes outcome<T> (outcome<std::monostate> if T is void; not a template) gets either. What g throws is its future's
  /// error. g is moved or copied, and is called in a thread of the library's own, one such function at a time; it may
  /// use pools and wait for futures. To cancel the future that is returned cancels this call, too. This future is not
  /// valid any more.
  template <class G> typename detail::continued<T, std::decay_t<G>>::future_type then(G&& g);

private:
  friend struct detail::future_access;

  void drop() noexcept {
    if (call_ && this_worker::pid() == owner_) {
      auto& call = *call_;
      call.drop(std::move(call_));
    }
  }
  void demand_valid() const {
    if (!call_)
      throw std::future_error(std::future_errc::no_state);
    if (this_worker::pid() != owner_) // who brings the call home is not here, nor may the results be
      throw pool_closed("crosspool: this future belongs to the process that made it, not to one forked from that");
  }

  int owner_ = this_worker::pid();
  std::unique_ptr<detail::pending<T>> call_;
};

namespace detail {

struct future_access {
  /// Throws as get() does if f is not valid here.
  template <class T> static const std::shared_ptr<completion>& home(const future<T>& f) {
    f.demand_valid();
    return f.call_->home();
  }
  template <class T> static std::unique_ptr<pending<T>> take(future<T>& f) {
    f.demand_valid();
    return std::move(f.call_);
  }
};

} // namespace detail
} // namespace crosspool

#endif
