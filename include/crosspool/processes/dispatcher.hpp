// Which worker gets which items: parcels wait in one queue, are dealt out into the workers' queues some time ahead, and
// what a worker has not begun is taken back for one that has nothing to do. No processes and no threads here: whoever
// holds the engine's lock works on it.
#ifndef CROSSPOOL_PROCESSES_DISPATCHER_HPP
#define CROSSPOOL_PROCESSES_DISPATCHER_HPP

#include <crosspool/calls/priority.hpp>
#include <crosspool/processes/log.hpp>
#include <crosspool/wire/parcel.hpp>
#include <crosspool/wire/program_queue.hpp>
#include <crosspool/wire/task.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

/// Items of a parcel, on their way to a worker or with one.
struct assignment {
  std::shared_ptr<remote_parcel> parcel;
  item_range items;
  double estimate = 0; // nanoseconds
  std::size_t bytes = 0;
};

/// A worker as the dispatcher sees it.
struct lane {
  using time_point = std::chrono::steady_clock::time_point;

  bool takes = false;    // items
  bool spoilt = false;   // what is in the oldest slot has been read already
  bool nonsense = false; // its memory says what cannot be: nothing in it is believed any more
  bool refused = false;  // nothing is gathered from it any more, but by take_over: it is not waited for
  std::size_t given = 0;
  std::uint32_t skipped = 0; // items that have been read of the oldest slot though it is not done
  parent_queue queue;
  std::deque<assignment> held; // what is in the queue, in its order
  double estimate = 0;         // of all that is held
  std::size_t bytes = 0;       // likewise
  std::uint32_t ring_after = 0;
  // The item that it was at when somebody last looked, if its time is limited.
  struct {
    std::uint32_t slot = 0, next = 0;
    time_point begun = time_point::min(), looked = time_point::min();
  } seen;
};

class dispatcher {
public:
  /// most_items: that one worker may be given; 0: any number.
  dispatcher(std::size_t lanes, std::size_t most_items) : most_items_(most_items), lanes_(lanes), log_(lanes) {}

  [[nodiscard]] lane& operator[](std::size_t i) { return lanes_[i]; }
  [[nodiscard]] work_log& log() noexcept { return log_; }
  [[nodiscard]] std::size_t queued() const noexcept { return queue_.size(); }
  /// Whether so much of this priority or a higher one is queued that more would only take memory.
  [[nodiscard]] bool enough_queued(int priority) const noexcept;
  /// Parcels of calls that nobody attends to, that have not ended.
  [[nodiscard]] std::size_t unattended() const noexcept { return unattended_; }
  /// Whether a worker must be replaced before it can be given more.
  [[nodiscard]] bool used_up(const lane& l) const noexcept { return most_items_ != 0 && l.given >= most_items_; }

  void add(std::shared_ptr<remote_parcel> p);

  /// Takes what a worker has finished. Whether there was anything. Throws crosspool::error if it makes no sense.
  bool gather(lane& l);

  /// Whether the worker has no items. Slots of which all has been taken back it may still have to pass.
  [[nodiscard]] static bool holds_nothing(const lane& l);
  /// Whether no worker has items.
  [[nodiscard]] bool nothing_is_held() const { return std::all_of(lanes_.begin(), lanes_.end(), holds_nothing); }

  /// Whether gather would find anything.
  [[nodiscard]] bool something_is_done() const;

  /// Gives out what the workers have room for. Whether one got something that had nothing.
  bool deal();

  /// These items end with make_error(index in the call).
  template <class MakeError> void fail(const assignment& a, const MakeError& make_error) {
    settle(*a.parcel, [&] { a.parcel->fail(a.items, make_error); });
  }

  /// They are queued again, before all others of their priority.
  void requeue(assignment a);

  // ---- limits of time ----

  using time_point = lane::time_point;

  /// When to look next whether an item has had its time; max(): not as long as no more is dealt out.
  [[nodiscard]] time_point look_at() const noexcept { return look_at_; }

  /// Calls on_overdue(index of the lane) for each worker that is at an item whose time is over. After gather.
  template <class OnOverdue> void look(time_point now, const OnOverdue& on_overdue) {
    look_at_ = time_point::max();
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      const auto due = due_of(lanes_[i], now);
      if (due <= now)
        on_overdue(i);
      else
        look_at_ = due < look_at_ ? due : look_at_;
    }
  }

  /// The item that the worker is at, if it is known: that is where items are claimed one at a time. After gather.
  [[nodiscard]] std::optional<std::size_t> current_item(const lane& l) const;

  // ---- taking back ----

  /// What this worker has not begun goes to others.
  void take_back_all(lane& l);

  /// Forgets a parcel of which nothing has begun. False if something has.
  bool take_back(const remote_parcel& p);

  /// The items of a call that nobody has begun end with make_error(index in the call). is_at(index of the lane): that
  /// worker has begun some.
  template <class MakeError, class IsAt> void cancel(const completion& call, const MakeError& make_error, IsAt is_at) {
    for (std::size_t l = 0; l < lanes_.size(); ++l)
      for (auto i = static_cast<std::uint32_t>(lanes_[l].held.size()); i-- != 0;)
        if (const auto& each = lanes_[l].held[i]; &each.parcel->home() == &call) {
          take_back(lanes_[l], i, 0);
          if (i == 0 && !each.items.empty())
            is_at(l);
        }
    for (auto& each : std::exchange(queue_, {}))
      if (&each.parcel->home() == &call)
        fail(each, make_error);
      else
        queue_.push_back(std::move(each));
  }

  /// Whether a worker seems to be at work on this processor. To look for its replies there would keep it waiting; who
  /// sleeps instead is woken on another.
  [[nodiscard]] bool at_work_on(int processor) const noexcept;

  /// Gives workers that have nothing to do a half of what another has not begun. Without force, only where that is
  /// worth a while of work. Whether something was moved.
  bool rebalance(bool force);

  /// Decides after which of its slots each worker is to ring: when it has nothing more, when it is time for more, or
  /// when it is done with what somebody waits for. Returns the time to the first ring, in nanoseconds.
  double plan();
  /// Has the workers ring as is to be planned now: what was planned before others had the lock may be out of date.
  /// False if a worker has got there already.
  [[nodiscard]] bool arm();
  void disarm() const;

  /// The worker has ended. What it had not begun is queued again; returns the item that it was at, if any. Where its
  /// memory is spoilt, nobody can tell which that is: then it is all that is left of its oldest slot. To run that again
  /// could spoil one worker after the other.
  std::optional<assignment> take_over(lane& l);

  /// Everything that is queued or held ends with why.
  void fail_everything(const std::exception_ptr& why);

private:
  // So much work is with a worker ahead of time, that its queue need not be looked after often; but no more bytes than
  // fit into a cache.
  static constexpr double ahead = 20e6;
  static constexpr std::size_t bytes_ahead = std::size_t{1} << 20U;
  static constexpr double worth_moving = 10e3;

  template <class T> static bool contains(const std::vector<T>& all, T one) {
    for (const auto each : all)
      if (each == one)
        return true;
    return false;
  }

  void gather_oldest(lane& l);

  [[noreturn]] static void refuse(lane& l);
  static bool is_done(lane& l);
  // Whether this can be what is not claimed of items that a worker was given: their last ones, or none.
  static bool can_be(item_range unclaimed, item_range given) noexcept;

  [[nodiscard]] double pace_of(const assignment& a) const;

  // The lane to give items of this parcel; null if all have enough. What is ahead of time grows with the experience, as
  // the first items of a call often take much longer than the others; a call of one item is taken to be like the last.
  lane* least_busy(const remote_parcel& p);

  void give(lane& to, assignment part);

  void drop_oldest(lane& l);

  // The first n items of the oldest slot have been answered.
  static void skip(lane& l, std::uint32_t n);

  // Hands the replies in the oldest slot to their parcel. Returns how many there were.
  std::uint32_t answer(lane& l);
  void answer(lane& l, std::uint32_t& at);

  // Does what may bring the parcel home, and counts it if it does.
  template <class Work> void settle(const remote_parcel& p, Work work) {
    const auto count = [this, &p, was_home = p.is_home()] {
      some_failed_ = some_failed_ || (p.home().limits().fail_fast && p.abandoned());
      unattended_ -= !was_home && p.is_home() && !p.home().is_attended() ? 1 : 0;
    };
    try {
      work();
    } catch (...) {
      count();
      throw;
    }
    count();
  }

  static int priority_of(const assignment& a) noexcept { return a.parcel->priority(); }

  // What is of a lower priority than this and has not begun goes back into the queue.
  void make_way(int priority);

  // What has not begun of calls that end with their first error comes home.
  void drop_rests();

  void learn(const lane& l);

  // ---- what is noted ----

  [[nodiscard]] std::size_t index_of(const lane& l) const noexcept {
    return static_cast<std::size_t>(&l - lanes_.data());
  }
  // What the items of a slot are of their request.
  static std::size_t sent_bytes(const assignment& a);
  static work_done items_of(const assignment& a, item_range items) noexcept;

  // took: the oldest slot, which is done.
  void note_finished(const lane& l, std::chrono::nanoseconds took);
  // Of the oldest slot, that many items before what is left of it have run or begun: the worker has ended.
  void note_unfinished(const lane& l, std::uint32_t count);

  bool take_back_half(bool force);

  // Queues the items of a worker's i-th slot that it has not begun again, but for the first `left`. Returns how many.
  std::uint32_t take_back(lane& l, std::uint32_t i, std::uint32_t left);

  static bool is_timed(const assignment& a) noexcept { return a.parcel->home().limits().timeout.count() != 0; }
  static time_point after(const call_limits& limits, time_point begin);

  // A worker that does not begin what it has been given, for so long beyond the time of an item, has been stopped by
  // somebody: it is not waited for.
  static constexpr std::chrono::seconds patience{5};

  // When the item that the worker is at has had its time; if it is at none with a limit, when it may be at one.
  static time_point due_of(lane& l, time_point now);

  std::size_t most_items_;
  std::vector<lane> lanes_;
  std::deque<assignment> queue_;
  double pace_ = 0;          // of all calls, for those whose own is not known
  std::size_t measured_ = 0; // how often
  std::size_t unattended_ = 0;
  time_point look_at_ = time_point::max();
  std::vector<const completion*> waited_;
  work_log log_;
  int lowest_ = 0;           // no priority of what is queued or held is lower
  bool some_failed_ = false; // calls with fail_fast
};

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/processes/dispatcher.ipp>
#endif

#endif
