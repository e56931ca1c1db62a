// Which worker gets which items: parcels wait in one queue, are dealt out into the workers' lanes some time ahead, and
// what a worker has not begun is taken back for one that has nothing to do. No processes and no threads here: whoever
// holds the engine's lock works on it.
#ifndef CROSSPOOL_PROCESSES_DISPATCHER_HPP
#define CROSSPOOL_PROCESSES_DISPATCHER_HPP

#include <crosspool/processes/lane.hpp>
#include <crosspool/processes/log.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

class dispatcher {
public:
  /// most_items: that one worker may be given; 0: any number.
  dispatcher(std::size_t lanes, std::size_t most_items) : most_items_(most_items), lanes_(lanes), log_(lanes) {}

  [[nodiscard]] lane& operator[](std::size_t i) { return lanes_[i]; }
  [[nodiscard]] std::vector<lane>& lanes() noexcept { return lanes_; }
  [[nodiscard]] work_log& log() noexcept { return log_; }
  [[nodiscard]] std::size_t queued() const noexcept { return queue_.size(); }
  /// Whether so much of this priority or a higher one is queued that more would only take memory.
  [[nodiscard]] bool enough_queued(int priority) const noexcept;
  /// Parcels of calls that nobody attends to, that have not ended.
  [[nodiscard]] std::size_t unattended() const noexcept { return unattended_; }
  /// Whether a worker must be replaced before it can be given more.
  [[nodiscard]] bool used_up(const lane& l) const noexcept { return most_items_ != 0 && l.given() >= most_items_; }
  /// Whether no worker has items.
  [[nodiscard]] bool nothing_is_held() const {
    return std::all_of(lanes_.begin(), lanes_.end(), [](const lane& each) { return each.holds_nothing(); });
  }

  void add(std::shared_ptr<remote_parcel> p);

  /// Gives out what the workers have room for. Whether one got something that had nothing.
  bool deal();

  /// Takes what a worker has finished. Whether there was anything. Throws crosspool::error if it makes no sense; the
  /// lane is cut then.
  bool gather(lane& l);

  /// Whether gather would find anything.
  [[nodiscard]] bool something_is_done() const;

  /// These items end with why.
  void fail(const assignment& a, const std::exception_ptr& why);

  /// Everything that is queued or held ends with why.
  void fail_everything(const std::exception_ptr& why);

  /// They are queued again, before all others of their priority.
  void requeue(assignment a);

  // ---- taking back ----

  /// What this worker has not begun goes to others.
  void take_back_all(lane& l);

  /// Forgets a parcel of which nothing has begun. False if something has.
  bool take_back(const remote_parcel& p);

  /// The items of a call that nobody has begun end with why. The indexes of the lanes whose workers have begun some.
  std::vector<std::size_t> cancel(const completion& call, const std::exception_ptr& why);

  /// Gives workers that have nothing to do a half of what another has not begun. Without force, only where that is
  /// worth a while of work. Whether something was moved.
  bool rebalance(bool force);

  /// The worker has ended. What it had not begun is queued again; returns the item that it was at, if any. Where its
  /// memory makes no sense, that is all that is left of its oldest slot: to run it again could spoil one worker after
  /// the other.
  std::optional<assignment> take_over(lane& l);

  // ---- time ----

  using time_point = lane::time_point;

  /// When to look next whether an item has had its time; max(): not as long as no more is dealt out.
  [[nodiscard]] time_point look_at() const noexcept { return look_at_; }

  /// The indexes of the lanes whose workers are at an item whose time is over. After gathering.
  std::vector<std::size_t> overdue(time_point now);

  /// Whether a worker seems to be at work on this processor. To look for its replies there would keep it waiting; who
  /// sleeps instead is woken on another.
  [[nodiscard]] bool at_work_on(int processor) const noexcept;

  /// Plans after which of its slots each worker is to ring. Returns the time to the first ring.
  estimated_time plan();
  /// Has the workers ring as is to be planned now: what was planned before others had the lock may be out of date.
  /// False if a worker has got there already.
  [[nodiscard]] bool arm();
  void disarm() const;

private:
  // An idle worker does not get what would take less.
  static constexpr std::chrono::microseconds worth_moving{10};

  static int priority_of(const assignment& a) noexcept { return a.parcel->priority(); }

  void gather_oldest(lane& l);
  std::uint32_t answer(lane& l);

  [[nodiscard]] estimated_time pace_of(const assignment& a) const;

  // The lane to give items of this parcel; null if all have enough. What is ahead of time grows with the experience, as
  // the first items of a call often take much longer than the others; a call of one item is taken to be like the last.
  lane* least_busy(const remote_parcel& p);
  void give(lane& to, assignment part);

  // Does what may bring the parcel home, and counts it if it does.
  template <class Work> void settle(const remote_parcel& p, Work work);

  // What is of a lower priority than this and has not begun goes back into the queue.
  void make_way(int priority);
  // What has not begun of calls that end with their first error comes home.
  void drop_rests();

  // What workers have not begun of what is_of(assignment) goes back into the queue.
  template <class IsOf> void take_back_if(const IsOf& is_of);
  // What is queued of what is_of(assignment) ends with why.
  template <class IsOf> void fail_queued(const IsOf& is_of, const std::exception_ptr& why);
  bool take_back_half(bool force);
  // Queues the items of a worker's i-th slot that it has not begun again, but for the first `left`. Returns how many.
  std::uint32_t take_back(lane& l, std::size_t i, std::uint32_t left = 0);

  void learn(const lane& l);

  // ---- what is noted ----

  [[nodiscard]] std::size_t index_of(const lane& l) const noexcept {
    return static_cast<std::size_t>(&l - lanes_.data());
  }
  static work_done items_of(const assignment& a, item_range items) noexcept;
  // took: the oldest slot, which is done.
  void note_finished(const lane& l, std::chrono::nanoseconds took);
  // Of the oldest slot, that many items before what is left of it have run or begun: the worker has ended.
  void note_unfinished(const lane& l, std::uint32_t count);

  std::size_t most_items_;
  std::vector<lane> lanes_;
  std::deque<assignment> queue_;
  estimated_time pace_{0};   // of all calls, for those whose own is not known
  std::size_t measured_ = 0; // how often
  std::size_t unattended_ = 0;
  time_point look_at_ = time_point::max();
  work_log log_;
  int lowest_ = 0;           // no priority of what is queued or held is lower
  bool some_failed_ = false; // calls with fail_fast
};

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/processes/dispatcher.ipp>
#endif

#endif
