// What of processes/dispatcher.hpp depends on no type of the user's.
#ifndef CROSSPOOL_PROCESSES_DISPATCHER_IPP
#define CROSSPOOL_PROCESSES_DISPATCHER_IPP

#include <crosspool/processes/dispatcher.hpp>

#include <limits>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE bool dispatcher::enough_queued(int priority) const noexcept {
  const auto counts = [&](const assignment& each) { return priority_of(each) >= priority; };
  return (queue_.size() > lanes_.size() && counts(queue_[lanes_.size()])) ||
         (!queue_.empty() && counts(queue_.back()) && queue_.back().parcel->bytes() >= bytes_ahead);
}

CROSSPOOL_INLINE void dispatcher::add(std::shared_ptr<remote_parcel> p) {
  const auto size = static_cast<std::uint32_t>(p->size());
  unattended_ += p->home().is_attended() ? 0 : 1;
  const auto priority = p->priority();
  queue_.insert(place_behind(queue_, priority, priority_of), {std::move(p), {0, size}});
  if (priority > lowest_)
    make_way(priority);
  else
    lowest_ = priority;
}

CROSSPOOL_INLINE bool dispatcher::gather(lane& l) {
  bool any = false;
  try {
    if (l.nonsense)
      refuse(l);
    for (; !l.held.empty() && is_done(l); any = true)
      gather_oldest(l);
  } catch (...) {
    l.refused = true;
    throw;
  }
  return any;
}

CROSSPOOL_INLINE bool dispatcher::holds_nothing(const lane& l) {
  return std::all_of(l.held.begin(), l.held.end(), [](const assignment& each) { return each.items.empty(); });
}

CROSSPOOL_INLINE bool dispatcher::something_is_done() const {
  for (const auto& each : lanes_)
    if (!each.held.empty() && !each.refused && (each.nonsense || each.queue.oldest_is_done()))
      return true;
  return false;
}

CROSSPOOL_INLINE bool dispatcher::deal() {
  bool started = false;
  if (some_failed_)
    drop_rests();
  while (!queue_.empty()) {
    auto& next = queue_.front();
    if (next.parcel->abandoned()) {
      fail(next, [](std::size_t) { return call_was_abandoned(); });
      queue_.pop_front();
      continue;
    }
    auto* const to = least_busy(*next.parcel);
    if (to == nullptr)
      break;
    started = started || to->held.empty();
    auto part = next;
    if (most_items_ != 0 && part.items.size() > most_items_ - to->given)
      part.items.end = part.items.begin + static_cast<std::uint32_t>(most_items_ - to->given);
    next.items.begin = part.items.end;
    if (next.items.empty())
      queue_.pop_front();
    give(*to, std::move(part));
  }
  return started;
}

CROSSPOOL_INLINE void dispatcher::requeue(assignment a) {
  const auto at = place_before(queue_, priority_of(a), priority_of);
  queue_.insert(at, std::move(a));
}

CROSSPOOL_INLINE std::optional<std::size_t> dispatcher::current_item(const lane& l) const {
  if (l.held.empty())
    return std::nullopt;
  const auto& oldest = l.held.front();
  return oldest.parcel->first() + l.queue.at(0).items.get().begin - 1;
}

CROSSPOOL_INLINE void dispatcher::take_back_all(lane& l) {
  for (auto i = static_cast<std::uint32_t>(l.held.size()); i-- != 0;)
    take_back(l, i, 0);
}

CROSSPOOL_INLINE bool dispatcher::take_back(const remote_parcel& p) {
  for (auto& l : lanes_)
    for (auto i = static_cast<std::uint32_t>(l.held.size()); i-- != 0;)
      if (l.held[i].parcel.get() == &p && !l.refused)
        take_back(l, i, 0);
  std::uint32_t found = 0;
  const auto is_of_it = [&](const assignment& each) { return each.parcel.get() == &p; };
  for (const auto& each : queue_)
    found += is_of_it(each) ? each.items.size() : 0;
  if (found != p.size())
    return false;
  std::erase_if(queue_, is_of_it);
  unattended_ -= p.home().is_attended() ? 0 : 1;
  return true;
}

CROSSPOOL_INLINE bool dispatcher::at_work_on(int processor) const noexcept {
  for (const auto& each : lanes_)
    if (!each.held.empty() && each.queue.runs_on(processor))
      return true;
  return false;
}

CROSSPOOL_INLINE bool dispatcher::rebalance(bool force) {
  bool moved = false;
  if (queue_.empty())
    for (auto& each : lanes_)
      if (each.takes && each.held.empty() && !used_up(each)) {
        if (!take_back_half(force))
          break;
        deal();
        moved = true;
      }
  return moved;
}

CROSSPOOL_INLINE auto dispatcher::plan() -> double {
  double soonest = std::numeric_limits<double>::max();
  for (auto& each : lanes_) {
    auto n = static_cast<std::uint32_t>(each.held.size());
    if (n == 0)
      continue;
    if (!queue_.empty() && n > 1)
      n /= 2;
    waited_.clear();
    for (auto i = static_cast<std::uint32_t>(each.held.size()); i-- != 0;)
      if (const auto& call = each.held[i].parcel->home();
          call.is_waited_for() && (call.is_urgent(each.held[i].parcel->first()) || !contains(waited_, &call))) {
        waited_.push_back(&call);
        n = i + 1 < n ? i + 1 : n;
      }
    each.ring_after = n;
    double time = 0;
    for (std::uint32_t i = 0; i < n; ++i)
      time += each.held[i].estimate;
    soonest = time < soonest ? time : soonest;
  }
  return soonest;
}

CROSSPOOL_INLINE bool dispatcher::arm() {
  plan();
  for (const auto& each : lanes_)
    if (!each.held.empty() && !each.refused && (each.nonsense || !each.queue.ring_after(each.ring_after)))
      return false;
  return true;
}

CROSSPOOL_INLINE void dispatcher::disarm() const {
  for (const auto& each : lanes_)
    if (each.queue.memory())
      each.queue.stop_waiting();
}

CROSSPOOL_INLINE std::optional<assignment> dispatcher::take_over(lane& l) {
  std::optional<assignment> running;
  try { // unless its memory is spoilt
    if (!l.spoilt)
      gather(l);
    if (!l.spoilt && !l.held.empty())
      skip(l, answer(l));
  } catch (const error&) { // which the lane knows
  }
  if (!l.held.empty()) {
    auto& oldest = l.held.front();
    auto& items = oldest.items;
    const auto unclaimed = l.queue.at(0).items.get();
    if (!items.empty() && (l.nonsense || !can_be(unclaimed, items))) {
      running = assignment{oldest.parcel, items};
      items.begin = items.end;
    } else if (!items.empty() && unclaimed.begin != items.begin) {
      running = assignment{oldest.parcel, {items.begin, items.begin + 1}};
      ++items.begin;
    }
    note_unfinished(l, l.skipped + (running ? running->items.size() : 0));
  }
  for (; !l.held.empty(); l.held.pop_back())
    if (!l.held.back().items.empty())
      requeue(std::move(l.held.back()));
  l = lane();
  return running;
}

CROSSPOOL_INLINE void dispatcher::fail_everything(const std::exception_ptr& why) {
  const auto fail_all = [&](std::deque<assignment>& all) {
    for (const auto& each : std::exchange(all, {}))
      fail(each, [&](std::size_t) { return why; });
  };
  fail_all(queue_);
  for (auto& each : lanes_)
    fail_all(each.held);
}

CROSSPOOL_INLINE void dispatcher::gather_oldest(lane& l) {
  if (!can_be(l.queue.at(0).items.get(), l.held.front().items))
    refuse(l);
  if (l.held.front().parcel->home().limits().fail_fast)
    take_back(l, 0, 0); // what the worker has left, as an item has failed
  const auto sent = sent_bytes(l.held.front());
  const auto answered = answer(l);
  if (answered != l.held.front().items.size()) {
    skip(l, answered);
    throw error("crosspool: a worker has left out items that it was given");
  }
  log_.sent(index_of(l), sent);
  learn(l);
  drop_oldest(l);
  l.queue.pop();
}

CROSSPOOL_INLINE void dispatcher::refuse(lane& l) {
  l.nonsense = true;
  throw error("crosspool: a worker's memory makes no sense");
}

CROSSPOOL_INLINE bool dispatcher::is_done(lane& l) {
  try {
    return l.queue.oldest_is_done();
  } catch (const error&) {
    l.nonsense = true;
    throw;
  }
}

CROSSPOOL_INLINE bool dispatcher::can_be(item_range unclaimed, item_range given) noexcept {
  return unclaimed.empty()
             ? unclaimed.end >= given.end
             : unclaimed.begin >= given.begin && unclaimed.begin < unclaimed.end && unclaimed.end == given.end;
}

CROSSPOOL_INLINE auto dispatcher::pace_of(const assignment& a) const -> double {
  const auto pace = a.parcel->home().pace();
  return pace > 0 ? pace : pace_;
}

CROSSPOOL_INLINE auto dispatcher::least_busy(const remote_parcel& p) -> lane* {
  const auto most = 2 + p.home().measured() + (p.size() == 1 ? measured_ : 0);
  lane* best = nullptr;
  for (auto& each : lanes_) {
    if (!each.takes || each.queue.full() || used_up(each))
      continue;
    if (each.held.size() >= most || (each.held.size() >= 2 && (each.estimate >= ahead || each.bytes >= bytes_ahead)))
      continue;
    if (best == nullptr || each.held.empty() > best->held.empty() ||
        (each.held.empty() == best->held.empty() && each.estimate < best->estimate))
      best = &each;
  }
  return best;
}

CROSSPOOL_INLINE void dispatcher::give(lane& to, assignment part) {
  const auto& request = part.parcel->request();
  const auto pace = pace_of(part);
  part.estimate = pace > 0 ? pace * part.items.size() : ahead / 2;
  part.bytes = request.size() / part.parcel->size() * part.items.size();
  to.estimate += part.estimate;
  to.bytes += part.bytes;
  to.given += part.items.size();
  const bool timed = is_timed(part);
  if (timed) {
    const auto now = std::chrono::steady_clock::now();
    look_at_ = std::min(look_at_, after(part.parcel->home().limits(), now));
    if (to.held.empty() || !is_timed(to.held.back()))
      to.seen.looked = now;
  }
  const auto& limits = part.parcel->home().limits();
  to.queue.push(part.items, request.offset(), request.size(), part.parcel->at_a_time(), timed, limits.fail_fast,
                {.index = part.parcel->first(), .seed = limits.seed});
  to.held.push_back(std::move(part));
}

CROSSPOOL_INLINE void dispatcher::drop_oldest(lane& l) {
  l.estimate -= l.held.front().estimate;
  l.bytes -= l.held.front().bytes;
  l.held.pop_front();
  if (l.held.empty())
    l.estimate = 0; // of which rounding has left something
}

CROSSPOOL_INLINE void dispatcher::skip(lane& l, std::uint32_t n) {
  l.held.front().items.begin += n;
  l.skipped += n;
  l.spoilt = true; // they must not be read again
}

CROSSPOOL_INLINE std::uint32_t dispatcher::answer(lane& l) {
  std::uint32_t answered = 0;
  settle(*l.held.front().parcel, [&] {
    try {
      answer(l, answered);
    } catch (const error&) {
      l.nonsense = true;
      skip(l, answered);
      throw;
    } catch (...) {
      skip(l, answered);
      throw;
    }
  });
  return answered;
}

CROSSPOOL_INLINE void dispatcher::answer(lane& l, std::uint32_t& at) {
  const auto& oldest = l.held.front();
  auto offset = l.queue.at(0).replies.load(std::memory_order_acquire);
  for (std::size_t steps = 0; offset != 0; ++steps) {
    const auto found = l.queue.block(offset);
    if (!found || steps > 2 * std::size_t{oldest.items.size()} + 2)
      throw error("crosspool: a worker's replies are not where they should be");
    const auto [block, records, count] = *found;
    read_block done(l.queue.memory(), *block);
    offset = block->next.load(std::memory_order_acquire);
    if (count > oldest.items.size() - at)
      throw error("crosspool: a worker has answered items that it was not given");
    if (count != 0) {
      log_.received(index_of(l), records.size());
      const auto begin = oldest.items.begin + at;
      oldest.parcel->answer({begin, begin + count}, records, std::move(done),
                            [&queue = l.queue, at = block] { return queue.is_unspoilt(*at); });
      at += count;
    }
  }
}

CROSSPOOL_INLINE void dispatcher::make_way(int priority) {
  lowest_ = priority;
  const auto look_at = [&](const assignment& each) { lowest_ = std::min(lowest_, priority_of(each)); };
  for (auto& l : lanes_)
    for (auto i = static_cast<std::uint32_t>(l.held.size()); i-- != 0;)
      if (look_at(l.held[i]); priority_of(l.held[i]) < priority && !l.refused)
        take_back(l, i, 0);
  look_at(queue_.back());
}

CROSSPOOL_INLINE void dispatcher::drop_rests() {
  const auto is_over = [](const assignment& a) { return a.parcel->home().limits().fail_fast && a.parcel->abandoned(); };
  for (auto& l : lanes_)
    for (auto i = static_cast<std::uint32_t>(l.held.size()); i-- != 0;)
      if (is_over(l.held[i]) && !l.refused)
        take_back(l, i, 0);
  for (auto& each : std::exchange(queue_, {}))
    if (is_over(each))
      fail(each, [](std::size_t) { return call_was_abandoned(); });
    else
      queue_.push_back(std::move(each));
  some_failed_ = false;
}

CROSSPOOL_INLINE void dispatcher::learn(const lane& l) {
  const auto& done = l.held.front();
  if (done.items.empty())
    return;
  const auto time = time_said(l.queue.at(0).nanoseconds);
  note_finished(l, time);
  const auto took = static_cast<double>(time.count()) / done.items.size();
  // Downwards at once, upwards slowly: a worker that had to wait for a processor looks slow, none ever looks fast.
  const auto updated = [&](double before) {
    if (before <= 0)
      return took > 1 ? took : 1;
    return took < before ? (before + took) / 2 : took < before * 1.25 ? took : before * 1.25;
  };
  auto& call = done.parcel->home();
  call.set_pace(updated(call.pace()));
  pace_ = updated(pace_);
  ++measured_;
}

CROSSPOOL_INLINE std::size_t dispatcher::sent_bytes(const assignment& a) {
  return a.items.empty() ? 0 : a.parcel->request().size() / a.parcel->size() * a.items.size();
}

CROSSPOOL_INLINE auto dispatcher::items_of(const assignment& a, item_range items) noexcept -> work_done {
  const auto first = a.parcel->index_for_caller(items.begin);
  return {a.parcel->verb(), first, a.parcel->index_for_caller(items.end) - first};
}

CROSSPOOL_INLINE void dispatcher::note_finished(const lane& l, std::chrono::nanoseconds took) {
  const auto& done = l.held.front();
  const auto worker = index_of(l);
  const auto& slot = l.queue.at(0);
  log_.ran(worker, items_of(done, done.items), time_said(slot.begun), took);
  const auto slowest = std::min(time_said(slot.slowest_nanoseconds), took);
  if (!log_.is_slow(slowest))
    return;
  const item_range items{slot.slowest_begin.load(std::memory_order_relaxed),
                         slot.slowest_end.load(std::memory_order_relaxed)};
  if (done.items.begin <= items.begin && items.begin < items.end && items.end <= done.items.end)
    log_.note_slow(worker, items_of(done, items), slowest);
}

CROSSPOOL_INLINE void dispatcher::note_unfinished(const lane& l, std::uint32_t count) {
  if (count == 0)
    return;
  const auto& a = l.held.front();
  log_.ran_at_last(index_of(l), items_of(a, {a.items.begin - count, a.items.begin}), time_said(l.queue.at(0).begun));
}

CROSSPOOL_INLINE bool dispatcher::take_back_half(bool force) {
  lane* most = nullptr;
  std::uint32_t most_movable = 0;
  for (auto& each : lanes_) {
    if (each.held.empty() || each.refused)
      continue;
    std::uint32_t unclaimed = 0, in_oldest = 0;
    for (std::uint32_t i = 0; i < each.held.size(); ++i) {
      const auto there = each.queue.at(i).items.get();
      each.nonsense = each.nonsense || !can_be(there, each.held[i].items);
      unclaimed += there.size();
      in_oldest = i == 0 ? there.size() : in_oldest;
    }
    if (each.nonsense)
      continue;
    const bool has_begun = in_oldest < each.held.front().items.size();
    const auto movable = has_begun || unclaimed == 0 ? unclaimed : unclaimed - 1;
    if (movable > most_movable)
      most = &each, most_movable = movable;
  }
  if (most == nullptr)
    return false;
  if (const auto pace = pace_of(most->held.back()); !force && pace > 0 && pace * most_movable < worth_moving)
    return false;
  auto wanted = (most_movable + 1) / 2;
  bool taken = false;
  for (auto i = static_cast<std::uint32_t>(most->held.size()); i-- != 0 && wanted != 0;) {
    auto left = most->queue.at(i).items.get().size();
    left = left > wanted ? left - wanted : 0;
    if (const auto unit = most->held[i].parcel->at_a_time(); unit > 1)
      left = (left + unit - 1) / unit * unit;
    const auto back = take_back(*most, i, left);
    wanted -= back < wanted ? back : wanted;
    taken = taken || back != 0;
    if (most->nonsense)
      break;
  }
  return taken;
}

CROSSPOOL_INLINE std::uint32_t dispatcher::take_back(lane& l, std::uint32_t i, std::uint32_t left) {
  auto& from = l.held[i];
  const auto back = l.queue.at(i).items.take_back(left);
  if (back.empty())
    return 0;
  if (!can_be(back, from.items)) { // it has been written over since it was last looked at
    l.nonsense = true;
    return 0;
  }
  from.items.end = back.begin;
  l.given -= back.size();
  requeue({from.parcel, back});
  return back.size();
}

CROSSPOOL_INLINE auto dispatcher::after(const call_limits& limits, time_point begin) -> time_point {
  return limits.timeout < time_point::max() - begin ? begin + limits.timeout : time_point::max();
}

CROSSPOOL_INLINE auto dispatcher::due_of(lane& l, time_point now) -> time_point {
  auto due = time_point::max();
  for (const auto& each : l.held)
    if (is_timed(each))
      due = std::min(due, after(each.parcel->home().limits(), now));
  auto& seen = l.seen;
  const auto looked = std::exchange(seen.looked, now);
  if (l.held.empty() || !is_timed(l.held.front()))
    return due;
  const auto& oldest = l.held.front();
  const auto next = l.queue.at(0).items.get().begin;
  const bool seen_before = seen.slot == l.queue.position() && seen.next == next && seen.begun != time_point::min();
  if (next == oldest.items.begin) {
    if (!seen_before)
      seen = {l.queue.position(), next, now, now};
    return std::min(due, after(oldest.parcel->home().limits(), seen.begun + patience));
  }
  if (!seen_before)
    // It cannot have begun before it was given, or was seen at another item, whatever the worker says.
    seen = {l.queue.position(), next, std::clamp(l.queue.claimed_at(), std::min(looked, now), now), now};
  return after(oldest.parcel->home().limits(), seen.begun);
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
