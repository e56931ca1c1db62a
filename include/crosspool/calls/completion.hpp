// A call that is under way, as it and its engine share it: the engine brings the call's parcels home, who waits for the
// call waits for them. A parcel is some consecutive items of one call on their way to one worker.
#ifndef CROSSPOOL_CALLS_COMPLETION_HPP
#define CROSSPOOL_CALLS_COMPLETION_HPP

#include <crosspool/calls/driver.hpp>
#include <crosspool/error.hpp>
#include <crosspool/stop.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

class parcel;

// What items end with that are not to be run.
inline std::exception_ptr call_was_cancelled() {
  return std::make_exception_ptr(cancelled("crosspool: the call was cancelled"));
}
/// Always the same one, by which it is told from the errors of items that were run.
const std::exception_ptr& call_was_abandoned();

/// "item 17 of map"
inline std::string item_name(std::string_view verb, std::size_t index) {
  return "item " + std::to_string(index) + " of " + std::string(verb);
}
/// "item 17 of map had not ended after 200 ms"
std::string had_not_ended(std::string_view verb, std::size_t index, std::chrono::nanoseconds timeout);

/// An item whose time is limited though it cannot be stopped, while it runs: the wait for it is what ends.
class timed_item : not_copied {
public:
  /// Its time is over: it has ended so, whatever it does.
  virtual void time_out() noexcept = 0;

protected:
  ~timed_item() = default;
};

/// Who is told of one call's end without waiting for it. Told with locks held: what it does is short, and takes no lock
/// but a last one of its own.
class subscriber : not_copied {
public:
  /// Once.
  virtual void call_ended() noexcept = 0;
  /// An item's time is over then: see_to_time() is to be called.
  virtual void item_is_due(std::chrono::steady_clock::time_point when) noexcept = 0;

protected:
  ~subscriber() = default;
};

/// How long something takes, as far as it is known; zero: not at all.
using estimated_time = std::chrono::duration<double, std::nano>;

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

  void add();
  void remove();
  /// No more parcels will be added.
  void seal();
  void wait(collector* to = nullptr) { wait_until(clock::time_point::max(), to); }
  bool wait_until(clock::time_point when, collector* to = nullptr);
  /// As wait_until, without the driver: others bring the parcels home.
  bool sleep_until(clock::time_point when);
  void wait_until_fewer_than(std::size_t parcels);
  [[nodiscard]] bool ready();

  // ---- a call whose parcels are taken one by one: never sealed, and waited for by one thread ----

  /// How many are out.
  [[nodiscard]] std::size_t out();
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
  void item_failed() noexcept;

  /// Ends the call, whatever its parcels do, unless it has ended already.
  bool cancel() { return cancel(cancelled_); }
  /// As cancel, but the call ends when its parcels have come home.
  bool stop() { return cancel(stopped_); }
  [[nodiscard]] bool is_cancelled();
  [[nodiscard]] bool is_stopped();
  /// Keeps what has a stop end this call.
  void keep(std::shared_ptr<void> watch) noexcept { watch_ = std::move(watch); }

  /// Parcels that nobody has begun come home without being run, now.
  void bring_home_unrun();

  /// One at a time. False if the call has ended: to will not be told then.
  bool subscribe(subscriber& to);
  /// It is not told any more. Whether it would have been.
  bool unsubscribe(const subscriber& who) noexcept;
  /// Ends what has had its time; who has subscribed is told when to look again.
  void see_to_time();
  /// Who brings the parcels home; may be null.
  [[nodiscard]] const std::shared_ptr<driver>& by() const noexcept { return driver_; }

  /// An item begins that limits() gives a time and that cannot be stopped. Whoever waits for the call sees to it: the
  /// item must stay where it is until it has ended, or the call is gone.
  void begin(timed_item& item);
  /// It has returned. False if its time was over: it has ended as that then.
  bool end(timed_item& item);

  /// How long one of the call's items takes.
  [[nodiscard]] estimated_time pace() const noexcept { return pace_.load(std::memory_order_relaxed); }
  void set_pace(estimated_time of_one) noexcept;
  /// How often it has been measured.
  [[nodiscard]] std::size_t measured() const noexcept { return measured_.load(std::memory_order_relaxed); }

  /// Before the first is added: items are counted when they end.
  void count_items() noexcept { counts_ = true; }
  [[nodiscard]] bool counts_items() const noexcept { return counts_; }
  void ended(std::size_t items, std::size_t failed) noexcept;
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

  bool cancel(bool& how);

  void tell_of_end() noexcept;
  void tell_of_time() noexcept;

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
  void end_lapsed(std::unique_lock<std::mutex>& lock);

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
  std::atomic<estimated_time> pace_ = estimated_time(0);
  std::atomic<std::size_t> measured_ = 0;
  std::atomic<std::size_t> urgent_below_ = 0;
  std::atomic<int> waiting_ = 0;
  std::shared_ptr<void> watch_;
  bool counts_ = false;
  std::atomic<std::size_t> ended_ = 0, failed_ = 0;
};

/// Has a stop end this call; at_once: whatever its parcels do then.
void end_by(const stop_token& stop, const std::shared_ptr<completion>& home, bool at_once);

/// What an engine sees of a parcel, whatever is in it.
class parcel : not_copied {
public:
  parcel(std::shared_ptr<completion> home, std::string_view verb, std::size_t first)
      : home_(std::move(home)), verb_(verb), first_(first) {}
  virtual ~parcel() = default;

  /// Index of its first item in the call, and how many there are.
  [[nodiscard]] std::size_t first() const noexcept { return first_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// Before it is submitted: its items are chunks of the caller's. begins: where they begin, and the last one's end.
  void holds_chunks(std::vector<std::size_t> begins) noexcept { begins_ = std::move(begins); }
  /// Where its item of this number, or the end, is in the caller's range.
  [[nodiscard]] std::size_t index_for_caller(std::size_t item) const noexcept {
    return begins_.empty() ? first_ + item : begins_[item];
  }
  [[nodiscard]] std::string_view verb() const noexcept { return verb_; }
  [[nodiscard]] bool abandoned() const noexcept { return home_->abandoned(); }
  [[nodiscard]] int priority() const noexcept { return home_->limits().priority; }
  /// The call that it is a part of.
  [[nodiscard]] completion& home() const noexcept { return *home_; }
  /// Whether all its items have ended. Thread-safe.
  [[nodiscard]] bool is_home() const noexcept { return is_home_.load(std::memory_order_acquire); }

protected:
  void added(std::size_t items = 1) noexcept { size_ += items; }
  CROSSPOOL_INLINE virtual void came_home();

private:
  std::shared_ptr<completion> home_;
  std::string_view verb_;
  std::size_t first_;
  std::size_t size_ = 0;
  std::vector<std::size_t> begins_;
  std::atomic<bool> is_home_ = false;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/calls/completion.ipp>
#endif

#endif
