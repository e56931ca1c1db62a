// One worker process as the dispatcher sees it: the items that it has been given, in the order of its queue, and what
// has become of them. The program's copy counts: what stands in the worker's memory is believed only as far as it can
// be. No processes and no threads here: whoever holds the engine's lock works on it.
#ifndef CROSSPOOL_PROCESSES_LANE_HPP
#define CROSSPOOL_PROCESSES_LANE_HPP

#include <crosspool/processes/log.hpp>
#include <crosspool/wire/parcel.hpp>
#include <crosspool/wire/program_queue.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

/// Items of a parcel, on their way to a worker or with one.
struct assignment {
  std::shared_ptr<remote_parcel> parcel;
  item_range items;
  estimated_time estimate{0};
  std::size_t bytes = 0; // of arguments

  /// The part of the arguments that these items are.
  [[nodiscard]] std::size_t share_of_request() const {
    return parcel->request().size() / parcel->size() * items.size();
  }
};

class lane {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Work beyond so much time or so many bytes (those fit into a cache) is not given to a worker ahead of time: that
  /// much keeps it busy for as long as its queue is not looked after.
  static constexpr std::chrono::milliseconds ahead{20};
  static constexpr std::size_t bytes_ahead = std::size_t{1} << 20U;

  /// Of no worker.
  lane() = default;
  /// Of a worker that does not take items yet.
  explicit lane(program_queue queue) : queue_(std::move(queue)) {}

  [[nodiscard]] const program_queue& queue() const noexcept { return queue_; }

  /// From now on it takes items; or takes none any more.
  void open() noexcept { use_ = use::open; }
  void close() noexcept { use_ = use_ == use::cut ? use::cut : use::closed; }
  /// Nothing is waited for from this worker any more: only its end is of use.
  void cut() noexcept { use_ = use::cut; }
  [[nodiscard]] bool is_open() const noexcept { return use_ == use::open; }
  [[nodiscard]] bool is_cut() const noexcept { return use_ == use::cut; }

  /// What is in the queue, in its order. Of the oldest, what has been answered already is left out.
  [[nodiscard]] const std::deque<assignment>& held() const noexcept { return held_; }
  [[nodiscard]] bool empty() const noexcept { return held_.empty(); }
  [[nodiscard]] const assignment& oldest() const { return held_.front(); }
  [[nodiscard]] const work_slot& oldest_slot() const { return queue_.at(0); }
  /// Whether the worker has no items. Slots of which all has been taken back it may still have to pass.
  [[nodiscard]] bool holds_nothing() const {
    return std::all_of(held_.begin(), held_.end(), [](const assignment& each) { return each.items.empty(); });
  }
  /// Items so far, without those that were taken back.
  [[nodiscard]] std::size_t given() const noexcept { return given_; }
  /// Of all that it holds.
  [[nodiscard]] estimated_time estimate() const noexcept { return estimate_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

  // ---- giving ----

  /// Whether it can be given another assignment, if it is to hold no more than most.
  [[nodiscard]] bool has_room(std::size_t most) const;
  /// Whether it is to be preferred when there is something to give.
  [[nodiscard]] bool is_less_busy_than(const lane& other) const;
  /// With its estimate and its bytes. Returns when to look whether an item of it has had its time; max(): never.
  time_point give(assignment part);

  // ---- what has come ----

  /// Whether the worker is done with its oldest slot. Throws crosspool::error if its memory makes no sense.
  [[nodiscard]] bool oldest_is_done();
  /// Whether there is something to gather or to complain of. Throws as oldest_is_done().
  [[nodiscard]] bool wants_gathering() const;
  /// Throws crosspool::error unless what the worker says of its oldest slot can be.
  void demand_sense();
  /// Hands the replies in the oldest slot to their parcel, and notes their bytes as this worker's. Returns how many
  /// items have been answered. What it throws, it throws when those that were answered before are left out of the
  /// oldest.
  std::uint32_t answer(work_log& log, std::size_t worker);
  /// The first n items of the oldest slot have been answered though it is not done.
  void skip(std::uint32_t n);
  void drop_oldest();
  [[nodiscard]] std::uint32_t skipped() const noexcept { return skipped_; }

  // ---- taking back ----

  /// The last items of the i-th slot that the worker has not begun, but for the first `left` of those: it does not hold
  /// them any more.
  item_range take_back(std::size_t i, std::uint32_t left);
  /// How many items could be given to another now. Of a worker that has not begun any, one stays.
  [[nodiscard]] std::uint32_t movable();
  /// How many items of the i-th slot are left there, if so many of its last are wanted elsewhere.
  [[nodiscard]] std::uint32_t left_of(std::size_t i, std::uint32_t wanted) const;
  /// Whether the worker's memory says what cannot be: nothing in it is believed any more.
  [[nodiscard]] bool makes_no_sense() const noexcept { return memory_ == memory::nonsense; }
  /// Whether the oldest slot can be answered still.
  [[nodiscard]] bool is_readable() const noexcept { return memory_ == memory::sound; }

  /// The worker has ended. The item that it was at, if any; it is not among those that are held any more. Where its
  /// memory makes no sense, nobody can tell which that is: then it is all that is left of its oldest slot.
  std::optional<assignment> take_running();
  /// The newest; after all newer ones.
  assignment take_newest();

  // ---- time ----

  /// The item that the worker is at, if it is known: that is where items are claimed one at a time. After gathering.
  [[nodiscard]] std::optional<std::size_t> current_item() const;
  /// When the item that the worker is at has had its time; if it is at none with a limit, when it may be at one.
  time_point due(time_point now);

  /// Decides after which of its slots the worker is to ring: when it has nothing more, when it is time for more (some
  /// are queued), or when it is done with what somebody waits for. Returns the time until then.
  estimated_time plan(bool more_are_queued);
  /// As planned; 1: after the oldest.
  [[nodiscard]] std::uint32_t ring_after() const noexcept { return ring_after_; }
  /// Has the worker ring as planned. False if it has got there already.
  [[nodiscard]] bool arm() const;

private:
  // A worker that does not begin what it has been given, for so long beyond the time of an item, has been stopped by
  // somebody: it is not waited for.
  static constexpr std::chrono::seconds patience{5};

  enum class use { closed, open, cut };
  // read_in_part: what is in the oldest slot must not be read again.
  enum class memory { sound, read_in_part, nonsense };

  // Whether this can be what is not claimed of items that a worker was given: their last ones, or none.
  static bool can_be(item_range unclaimed, item_range given) noexcept;
  static bool is_timed(const assignment& a) noexcept { return a.parcel->home().limits().timeout.count() != 0; }
  static time_point after(const call_limits& limits, time_point begin);

  void answer(std::uint32_t& at, work_log& log, std::size_t worker);

  use use_ = use::closed;
  memory memory_ = memory::sound;
  std::size_t given_ = 0;
  std::uint32_t skipped_ = 0; // items that have been read of the oldest slot though it is not done
  program_queue queue_;
  std::deque<assignment> held_;
  estimated_time estimate_{0};
  std::size_t bytes_ = 0;
  std::uint32_t ring_after_ = 0;
  std::vector<const completion*> waited_; // plan's own
  // The item that it was at when somebody last looked, if its time is limited.
  struct {
    std::uint32_t slot = 0, next = 0;
    time_point begun = time_point::min(), looked = time_point::min();
  } seen_;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/processes/lane.ipp>
#endif

#endif
