// What of processes/lane.hpp depends on no type of the user's.
#ifndef CROSSPOOL_PROCESSES_LANE_IPP
#define CROSSPOOL_PROCESSES_LANE_IPP

#include <crosspool/processes/lane.hpp>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE bool lane::has_room(std::size_t most) const {
  return !queue_.full() && held_.size() < most && (held_.size() < 2 || (estimate_ < ahead && bytes_ < bytes_ahead));
}

CROSSPOOL_INLINE bool lane::is_less_busy_than(const lane& other) const {
  return empty() != other.empty() ? empty() : estimate_ < other.estimate_;
}

CROSSPOOL_INLINE auto lane::give(assignment part) -> time_point {
  estimate_ += part.estimate;
  bytes_ += part.bytes;
  given_ += part.items.size();
  const auto& limits = part.parcel->home().limits();
  const bool timed = is_timed(part);
  auto look_at = time_point::max();
  if (timed) {
    const auto now = std::chrono::steady_clock::now();
    look_at = after(limits, now);
    if (empty() || !is_timed(held_.back()))
      seen_.looked = now;
  }
  const auto& request = part.parcel->request();
  queue_.push(part.items, request.offset(), request.size(), part.parcel->at_a_time(), timed, limits.fail_fast,
              {.index = part.parcel->first(), .seed = limits.seed});
  held_.push_back(std::move(part));
  return look_at;
}

CROSSPOOL_INLINE bool lane::oldest_is_done() {
  try {
    return queue_.oldest_is_done();
  } catch (const error&) {
    memory_ = memory::nonsense;
    throw;
  }
}

CROSSPOOL_INLINE bool lane::wants_gathering() const {
  return !empty() && !is_cut() && (makes_no_sense() || queue_.oldest_is_done());
}

CROSSPOOL_INLINE void lane::demand_sense() {
  if (!makes_no_sense() && (empty() || can_be(oldest_slot().items.get(), oldest().items)))
    return;
  memory_ = memory::nonsense;
  throw error("crosspool: a worker's memory makes no sense");
}

CROSSPOOL_INLINE std::uint32_t lane::answer(work_log& log, std::size_t worker) {
  std::uint32_t answered = 0;
  try {
    answer(answered, log, worker);
  } catch (const error&) {
    skip(answered);
    memory_ = memory::nonsense;
    throw;
  } catch (...) {
    skip(answered);
    throw;
  }
  return answered;
}

CROSSPOOL_INLINE void lane::answer(std::uint32_t& at, work_log& log, std::size_t worker) {
  auto offset = oldest_slot().replies.load(std::memory_order_acquire);
  for (std::size_t steps = 0; offset != 0; ++steps) {
    const auto found = queue_.block(offset);
    if (!found || steps > 2 * std::size_t{oldest().items.size()} + 2)
      throw error("crosspool: a worker's replies are not where they should be");
    const auto [block, records, count] = *found;
    read_block done(queue_.memory(), *block);
    offset = block->next.load(std::memory_order_acquire);
    if (count > oldest().items.size() - at)
      throw error("crosspool: a worker has answered items that it was not given");
    if (count != 0) {
      log.received(worker, records.size());
      const auto begin = oldest().items.begin + at;
      oldest().parcel->answer({begin, begin + count}, records, std::move(done),
                              [this, at = block] { return queue_.is_unspoilt(*at); });
      at += count;
    }
  }
}

CROSSPOOL_INLINE void lane::skip(std::uint32_t n) {
  held_.front().items.begin += n;
  skipped_ += n;
  if (memory_ == memory::sound)
    memory_ = memory::read_in_part;
}

CROSSPOOL_INLINE void lane::drop_oldest() {
  estimate_ -= oldest().estimate;
  bytes_ -= oldest().bytes;
  held_.pop_front();
  queue_.pop();
  if (empty())
    estimate_ = {}; // of which rounding has left something
}

CROSSPOOL_INLINE item_range lane::take_back(std::size_t i, std::uint32_t left) {
  auto& held = held_[i].items;
  const auto back = queue_.at(static_cast<std::uint32_t>(i)).items.take_back(left);
  if (back.empty())
    return {};
  if (!can_be(back, held)) { // it has been written over since it was last looked at
    memory_ = memory::nonsense;
    return {};
  }
  held.end = back.begin;
  given_ -= back.size();
  return back;
}

CROSSPOOL_INLINE std::uint32_t lane::movable() {
  std::uint32_t unclaimed = 0;
  for (std::uint32_t i = 0; i < held_.size(); ++i) {
    const auto there = queue_.at(i).items.get();
    if (!can_be(there, held_[i].items))
      memory_ = memory::nonsense;
    unclaimed += there.size();
  }
  if (makes_no_sense())
    return 0;
  const bool has_begun = oldest_slot().items.get().size() < oldest().items.size();
  return has_begun || unclaimed == 0 ? unclaimed : unclaimed - 1;
}

CROSSPOOL_INLINE std::uint32_t lane::left_of(std::size_t i, std::uint32_t wanted) const {
  const auto there = queue_.at(static_cast<std::uint32_t>(i)).items.get().size();
  const auto left = there > wanted ? there - wanted : 0;
  const auto unit = held_[i].parcel->at_a_time();
  return unit > 1 ? (left + unit - 1) / unit * unit : left;
}

CROSSPOOL_INLINE std::optional<assignment> lane::take_running() {
  if (empty() || oldest().items.empty())
    return std::nullopt;
  auto& items = held_.front().items;
  const auto unclaimed = oldest_slot().items.get();
  const bool is_known = !makes_no_sense() && can_be(unclaimed, items);
  if (is_known && unclaimed.begin == items.begin)
    return std::nullopt;
  const item_range taken{items.begin, is_known ? items.begin + 1 : items.end};
  items.begin = taken.end;
  return assignment{.parcel = oldest().parcel, .items = taken};
}

CROSSPOOL_INLINE assignment lane::take_newest() {
  auto newest = std::move(held_.back());
  held_.pop_back();
  return newest;
}

CROSSPOOL_INLINE std::optional<std::size_t> lane::current_item() const {
  if (empty())
    return std::nullopt;
  return oldest().parcel->first() + oldest_slot().items.get().begin - 1;
}

CROSSPOOL_INLINE auto lane::due(time_point now) -> time_point {
  auto due = time_point::max();
  for (const auto& each : held_)
    if (is_timed(each))
      due = std::min(due, after(each.parcel->home().limits(), now));
  const auto looked = std::exchange(seen_.looked, now);
  if (empty() || !is_timed(oldest()))
    return due;
  const auto& limits = oldest().parcel->home().limits();
  const auto next = oldest_slot().items.get().begin;
  const bool seen_before = seen_.slot == queue_.position() && seen_.next == next && seen_.begun != time_point::min();
  if (next == oldest().items.begin) {
    if (!seen_before)
      seen_ = {queue_.position(), next, now, now};
    return std::min(due, after(limits, seen_.begun + patience));
  }
  if (!seen_before)
    // It cannot have begun before it was given, or was seen at another item, whatever the worker says.
    seen_ = {queue_.position(), next, std::clamp(queue_.claimed_at(), std::min(looked, now), now), now};
  return after(limits, seen_.begun);
}

CROSSPOOL_INLINE estimated_time lane::plan(bool more_are_queued) {
  auto n = held_.size();
  if (n == 0)
    return estimated_time::max();
  if (more_are_queued && n > 1)
    n /= 2;
  waited_.clear();
  for (auto i = held_.size(); i-- != 0;)
    if (const auto& call = held_[i].parcel->home();
        call.is_waited_for() && (call.is_urgent(held_[i].parcel->first()) ||
                                 std::find(waited_.begin(), waited_.end(), &call) == waited_.end())) {
      waited_.push_back(&call);
      n = std::min(n, i + 1);
    }
  ring_after_ = static_cast<std::uint32_t>(n);
  estimated_time time{0};
  for (std::size_t i = 0; i < n; ++i)
    time += held_[i].estimate;
  return time;
}

CROSSPOOL_INLINE bool lane::arm() const {
  return empty() || is_cut() || (!makes_no_sense() && queue_.ring_after(ring_after_));
}

CROSSPOOL_INLINE bool lane::can_be(item_range unclaimed, item_range given) noexcept {
  return unclaimed.empty()
             ? unclaimed.end >= given.end
             : unclaimed.begin >= given.begin && unclaimed.begin < unclaimed.end && unclaimed.end == given.end;
}

CROSSPOOL_INLINE auto lane::after(const call_limits& limits, time_point begin) -> time_point {
  return limits.timeout < time_point::max() - begin ? begin + limits.timeout : time_point::max();
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
