// What of processes/dispatcher.hpp depends on no type of the user's.
#ifndef CROSSPOOL_PROCESSES_DISPATCHER_IPP
#define CROSSPOOL_PROCESSES_DISPATCHER_IPP

#include <crosspool/calls/priority.hpp>
#include <crosspool/processes/dispatcher.hpp>

#include <utility>

namespace CROSSPOOL_NAMESPACE::detail {

template <class Work> void dispatcher::settle(const remote_parcel& p, Work work) {
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

CROSSPOOL_INLINE bool dispatcher::enough_queued(int priority) const noexcept {
  const auto counts = [&](const assignment& each) { return priority_of(each) >= priority; };
  return (queue_.size() > lanes_.size() && counts(queue_[lanes_.size()])) ||
         (!queue_.empty() && counts(queue_.back()) && queue_.back().parcel->bytes() >= lane::bytes_ahead);
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

// ---- dealing ----

CROSSPOOL_INLINE bool dispatcher::deal() {
  bool started = false;
  if (some_failed_)
    drop_rests();
  while (!queue_.empty()) {
    auto& next = queue_.front();
    if (next.parcel->abandoned()) {
      fail(next, call_was_abandoned());
      queue_.pop_front();
      continue;
    }
    auto* const to = least_busy(*next.parcel);
    if (to == nullptr)
      break;
    started = started || to->empty();
    auto part = next;
    if (most_items_ != 0 && part.items.size() > most_items_ - to->given())
      part.items.end = part.items.begin + static_cast<std::uint32_t>(most_items_ - to->given());
    next.items.begin = part.items.end;
    if (next.items.empty())
      queue_.pop_front();
    give(*to, std::move(part));
  }
  return started;
}

CROSSPOOL_INLINE auto dispatcher::least_busy(const remote_parcel& p) -> lane* {
  const auto most = 2 + p.home().measured() + (p.size() == 1 ? measured_ : 0);
  lane* best = nullptr;
  for (auto& each : lanes_)
    if (each.is_open() && each.has_room(most) && !used_up(each) && (best == nullptr || each.is_less_busy_than(*best)))
      best = &each;
  return best;
}

CROSSPOOL_INLINE void dispatcher::give(lane& to, assignment part) {
  const auto pace = pace_of(part);
  part.estimate = pace.count() > 0 ? pace * part.items.size() : estimated_time(lane::ahead) / 2;
  part.bytes = part.share_of_request();
  look_at_ = std::min(look_at_, to.give(std::move(part)));
}

CROSSPOOL_INLINE auto dispatcher::pace_of(const assignment& a) const -> estimated_time {
  const auto pace = a.parcel->home().pace();
  return pace.count() > 0 ? pace : pace_;
}

CROSSPOOL_INLINE void dispatcher::make_way(int priority) {
  lowest_ = std::min(priority, priority_of(queue_.back()));
  take_back_if([&](const assignment& each) {
    lowest_ = std::min(lowest_, priority_of(each));
    return priority_of(each) < priority;
  });
}

CROSSPOOL_INLINE void dispatcher::drop_rests() {
  const auto is_over = [](const assignment& a) { return a.parcel->home().limits().fail_fast && a.parcel->abandoned(); };
  take_back_if(is_over);
  fail_queued(is_over, call_was_abandoned());
  some_failed_ = false;
}

// ---- gathering ----

CROSSPOOL_INLINE bool dispatcher::gather(lane& l) {
  bool any = false;
  try {
    if (l.makes_no_sense())
      l.demand_sense();
    for (; !l.empty() && l.oldest_is_done(); any = true)
      gather_oldest(l);
  } catch (...) {
    l.cut();
    throw;
  }
  return any;
}

CROSSPOOL_INLINE void dispatcher::gather_oldest(lane& l) {
  l.demand_sense();
  if (l.oldest().parcel->home().limits().fail_fast)
    take_back(l, 0); // what the worker has left, as an item has failed
  const auto sent = l.oldest().items.empty() ? 0 : l.oldest().share_of_request();
  const auto answered = answer(l);
  if (answered != l.oldest().items.size()) {
    l.skip(answered);
    throw error("crosspool: a worker has left out items that it was given");
  }
  log_.sent(index_of(l), sent);
  learn(l);
  l.drop_oldest();
}

CROSSPOOL_INLINE std::uint32_t dispatcher::answer(lane& l) {
  std::uint32_t answered = 0;
  settle(*l.oldest().parcel, [&] { answered = l.answer(log_, index_of(l)); });
  return answered;
}

CROSSPOOL_INLINE bool dispatcher::something_is_done() const {
  return std::any_of(lanes_.begin(), lanes_.end(), [](const lane& each) { return each.wants_gathering(); });
}

CROSSPOOL_INLINE void dispatcher::fail(const assignment& a, const std::exception_ptr& why) {
  settle(*a.parcel, [&] { a.parcel->fail(a.items, why); });
}

CROSSPOOL_INLINE void dispatcher::fail_everything(const std::exception_ptr& why) {
  fail_queued([](const assignment&) { return true; }, why);
  for (auto& each : lanes_)
    while (!each.empty())
      fail(each.take_newest(), why);
}

CROSSPOOL_INLINE void dispatcher::learn(const lane& l) {
  const auto& done = l.oldest();
  if (done.items.empty())
    return;
  const auto time = time_said(l.oldest_slot().nanoseconds);
  note_finished(l, time);
  const auto took = estimated_time(time) / done.items.size();
  // Downwards at once, upwards slowly: a worker that had to wait for a processor looks slow, none ever looks fast.
  const auto updated = [&](estimated_time before) {
    if (before.count() <= 0)
      return std::max(took, estimated_time(1));
    return took < before ? (before + took) / 2 : std::min(took, before * 1.25);
  };
  auto& call = done.parcel->home();
  call.set_pace(updated(call.pace()));
  pace_ = updated(pace_);
  ++measured_;
}

// ---- taking back ----

CROSSPOOL_INLINE void dispatcher::requeue(assignment a) {
  const auto at = place_before(queue_, priority_of(a), priority_of);
  queue_.insert(at, std::move(a));
}

template <class IsOf> void dispatcher::take_back_if(const IsOf& is_of) {
  for (auto& each : lanes_)
    for (auto i = each.held().size(); i-- != 0;)
      if (is_of(each.held()[i]) && !each.is_cut())
        take_back(each, i);
}

template <class IsOf> void dispatcher::fail_queued(const IsOf& is_of, const std::exception_ptr& why) {
  for (const auto& each : take_if(queue_, is_of))
    fail(each, why);
}

CROSSPOOL_INLINE void dispatcher::take_back_all(lane& l) {
  for (auto i = l.held().size(); i-- != 0;)
    take_back(l, i);
}

CROSSPOOL_INLINE bool dispatcher::take_back(const remote_parcel& p) {
  const auto is_of_it = [&](const assignment& each) { return each.parcel.get() == &p; };
  take_back_if(is_of_it);
  std::uint32_t found = 0;
  for (const auto& each : queue_)
    found += is_of_it(each) ? each.items.size() : 0;
  if (found != p.size())
    return false;
  std::erase_if(queue_, is_of_it);
  unattended_ -= p.home().is_attended() ? 0 : 1;
  return true;
}

CROSSPOOL_INLINE std::vector<std::size_t> dispatcher::cancel(const completion& call, const std::exception_ptr& why) {
  const auto is_of_it = [&](const assignment& each) { return &each.parcel->home() == &call; };
  take_back_if(is_of_it);
  fail_queued(is_of_it, why);
  std::vector<std::size_t> begun;
  for (std::size_t i = 0; i < lanes_.size(); ++i)
    if (!lanes_[i].empty() && is_of_it(lanes_[i].oldest()) && !lanes_[i].oldest().items.empty())
      begun.push_back(i);
  return begun;
}

CROSSPOOL_INLINE bool dispatcher::rebalance(bool force) {
  bool moved = false;
  if (queue_.empty())
    for (auto& each : lanes_)
      if (each.is_open() && each.empty() && !used_up(each)) {
        if (!take_back_half(force))
          break;
        deal();
        moved = true;
      }
  return moved;
}

CROSSPOOL_INLINE bool dispatcher::take_back_half(bool force) {
  lane* from = nullptr;
  std::uint32_t most = 0;
  for (auto& each : lanes_)
    if (!each.empty() && !each.is_cut())
      if (const auto movable = each.movable(); movable > most)
        from = &each, most = movable;
  if (from == nullptr)
    return false;
  if (const auto pace = pace_of(from->held().back()); !force && pace.count() > 0 && pace * most < worth_moving)
    return false;
  auto wanted = (most + 1) / 2;
  bool taken = false;
  for (auto i = from->held().size(); i-- != 0 && wanted != 0 && !from->makes_no_sense();) {
    const auto back = take_back(*from, i, from->left_of(i, wanted));
    wanted -= std::min(back, wanted);
    taken = taken || back != 0;
  }
  return taken;
}

CROSSPOOL_INLINE std::uint32_t dispatcher::take_back(lane& l, std::size_t i, std::uint32_t left) {
  const auto back = l.take_back(i, left);
  if (!back.empty())
    requeue({l.held()[i].parcel, back});
  return back.size();
}

CROSSPOOL_INLINE std::optional<assignment> dispatcher::take_over(lane& l) {
  try {
    if (l.is_readable())
      gather(l);
    if (l.is_readable() && !l.empty())
      l.skip(answer(l));
  } catch (const error&) { // which the lane knows
  }
  auto running = l.take_running();
  if (!l.empty())
    note_unfinished(l, l.skipped() + (running ? running->items.size() : 0));
  while (!l.empty())
    if (auto newest = l.take_newest(); !newest.items.empty())
      requeue(std::move(newest));
  l = lane();
  return running;
}

// ---- time ----

CROSSPOOL_INLINE std::vector<std::size_t> dispatcher::overdue(time_point now) {
  std::vector<std::size_t> all;
  look_at_ = time_point::max();
  for (std::size_t i = 0; i < lanes_.size(); ++i)
    if (const auto due = lanes_[i].due(now); due <= now)
      all.push_back(i);
    else
      look_at_ = std::min(look_at_, due);
  return all;
}

CROSSPOOL_INLINE bool dispatcher::at_work_on(int processor) const noexcept {
  return std::any_of(lanes_.begin(), lanes_.end(),
                     [&](const lane& each) { return !each.empty() && each.queue().runs_on(processor); });
}

CROSSPOOL_INLINE auto dispatcher::plan() -> estimated_time {
  auto soonest = estimated_time::max();
  for (auto& each : lanes_)
    soonest = std::min(soonest, each.plan(!queue_.empty()));
  return soonest;
}

CROSSPOOL_INLINE bool dispatcher::arm() {
  plan();
  return std::all_of(lanes_.begin(), lanes_.end(), [](const lane& each) { return each.arm(); });
}

CROSSPOOL_INLINE void dispatcher::disarm() const {
  for (const auto& each : lanes_)
    if (each.queue().memory())
      each.queue().stop_waiting();
}

// ---- what is noted ----

CROSSPOOL_INLINE auto dispatcher::items_of(const assignment& a, item_range items) noexcept -> work_done {
  const auto first = a.parcel->index_for_caller(items.begin);
  return {a.parcel->verb(), first, a.parcel->index_for_caller(items.end) - first};
}

CROSSPOOL_INLINE void dispatcher::note_finished(const lane& l, std::chrono::nanoseconds took) {
  const auto& done = l.oldest();
  const auto worker = index_of(l);
  const auto& slot = l.oldest_slot();
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
  const auto& a = l.oldest();
  log_.ran_at_last(index_of(l), items_of(a, {a.items.begin - count, a.items.begin}), time_said(l.oldest_slot().begun));
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
