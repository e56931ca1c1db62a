// What of ranks/dispatcher.hpp depends on no type of the user's.
#ifndef CROSSPOOL_RANKS_DISPATCHER_IPP
#define CROSSPOOL_RANKS_DISPATCHER_IPP

#include <crosspool/calls/priority.hpp>
#include <crosspool/ranks/dispatcher.hpp>
#include <crosspool/ranks/heads.hpp>

#include <algorithm>
#include <new>
#include <set>
#include <string>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE void rank_dispatcher::add(std::shared_ptr<remote_parcel> p) {
  const auto at = place_behind(queue_, p->priority(), priority_of);
  queue_.insert(at, std::move(p));
}

CROSSPOOL_INLINE bool rank_dispatcher::deal() {
  const auto before = queue_.size();
  while (!queue_.empty()) {
    if (queue_.front()->abandoned())
      queue_.front()->fail(call_was_abandoned());
    else if (auto* const to = least_busy(queue_.front()->priority()))
      give(*to, queue_.front());
    else
      break;
    queue_.pop_front();
  }
  if (queue_.empty())
    ask_back();
  return queue_.size() != before;
}

CROSSPOOL_INLINE bool rank_dispatcher::enough_queued(int priority) const {
  const auto most = workers_ * lanes_.size();
  const auto counts = [&](const auto& each) { return each->priority() >= priority; };
  return (queue_.size() > most && counts(queue_[most])) ||
         (!queue_.empty() && counts(queue_.back()) && queue_.back()->bytes() >= large && queue_.size() > lanes_.size());
}

CROSSPOOL_INLINE auto rank_dispatcher::batch_time() const -> estimated_time {
  const auto service_time = 4 * batch_cost * static_cast<double>(workers_ * lanes_.size());
  return std::max<estimated_time>({std::chrono::milliseconds(1), 4 * round_trip_, service_time});
}

CROSSPOOL_INLINE bool rank_dispatcher::take_answer(const arriving_message& message,
                                                   const std::shared_ptr<const arena_buffer>& body) {
  const auto head = message.read<answer_head>();
  const auto found = in_flight_.find(head.number);
  if (found == in_flight_.end()) // the pool has been terminated
    return false;
  if (found->second.asked_back)
    lanes_[found->second.rank].asked_back = false;
  const auto done = remove(found);
  learn_round_trip(clock::now() - done.sent, std::chrono::nanoseconds(head.held));
  auto& parcel = *done.parcel;
  auto& home = parcel.home();
  if (const estimated_time pace(head.pace); pace.count() > 0) {
    home.set_pace(pace);
    pace_ = pace_.count() > 0 ? (3 * pace_ + pace) / 4 : pace;
  }
  const bool was_abandoned = home.abandoned();
  const auto* at = body ? body->data() : nullptr;
  std::size_t part = 0;
  for (const auto& each : head.pieces) {
    const item_range items{each.begin, each.end};
    if (each.kind == piece_kind::abandoned)
      parcel.fail(items, call_was_abandoned());
    else if (each.kind == piece_kind::no_memory || at == nullptr)
      parcel.fail(items, std::make_exception_ptr(std::bad_alloc()));
    else {
      const auto size = static_cast<std::size_t>(message.parts.at(part++));
      try {
        parcel.answer(items, {at, size}, read_block(body));
      } catch (const error&) {
        parcel.fail(items, std::current_exception());
      }
      at += stride_of_part(size);
    }
  }
  if (home.limits().fail_fast && home.abandoned() && !was_abandoned)
    tell_ranks_at(home, rank_message_kind::drop);
  return true;
}

CROSSPOOL_INLINE void rank_dispatcher::take_back(const given_back_head& head) {
  const auto found = in_flight_.find(head.number);
  if (found == in_flight_.end())
    return;
  lanes_[found->second.rank].asked_back = false;
  if (head.was_begun)
    return;
  auto parcel = std::move(remove(found).parcel);
  const auto at = place_before(queue_, parcel->priority(), priority_of);
  queue_.insert(at, std::move(parcel));
}

CROSSPOOL_INLINE void rank_dispatcher::cancel(const completion& call) {
  for (const auto& each : take_if(queue_, [&](const auto& p) { return &p->home() == &call; }))
    each->fail(call_was_cancelled());
  tell_ranks_at(call, rank_message_kind::cancel);
}

CROSSPOOL_INLINE void rank_dispatcher::fail_everything(const std::exception_ptr& why) {
  for (const auto& each : std::exchange(queue_, {}))
    each->fail(why);
  for (const auto& [number, each] : std::exchange(in_flight_, {}))
    each.parcel->fail(why);
}

CROSSPOOL_INLINE void rank_dispatcher::learn_round_trip(clock::duration sent, std::chrono::nanoseconds held) {
  const estimated_time took = sent - held;
  if (took.count() > 0)
    round_trip_ = round_trip_.count() == 0 || took < round_trip_ ? took : round_trip_ + (took - round_trip_) / 16;
}

CROSSPOOL_INLINE auto rank_dispatcher::time_ahead() const -> estimated_time {
  const auto two = 2 * batch_time();
  return pace_.count() > 0 ? std::max<estimated_time>(two, std::chrono::milliseconds(8)) : two;
}

CROSSPOOL_INLINE bool rank_dispatcher::has_enough(const lane& l, int priority) const {
  if (l.batches < 2 * workers_ || (l.batches < most_batches * workers_ && l.bytes < large * workers_ &&
                                   l.work < time_ahead() * static_cast<double>(workers_)))
    return false;
  return lowest_ >= priority || std::count_if(in_flight_.begin(), in_flight_.end(), [&](const auto& each) {
                                  return &lanes_[each.second.rank] == &l && each.second.parcel->priority() >= priority;
                                }) >= static_cast<std::ptrdiff_t>(2 * workers_);
}

CROSSPOOL_INLINE auto rank_dispatcher::least_busy(int priority) -> lane* {
  lane* best = nullptr;
  for (auto& each : lanes_) {
    if (!each.takes || has_enough(each, priority))
      continue;
    if (best == nullptr || load_of(each) < load_of(*best))
      best = &each;
  }
  return best;
}

CROSSPOOL_INLINE void rank_dispatcher::give(lane& to, const std::shared_ptr<remote_parcel>& p) {
  const auto& limits = p->home().limits();
  lowest_ = in_flight_.empty() ? p->priority() : std::min(lowest_, p->priority());
  const auto own_pace = p->home().pace(), pace = own_pace.count() > 0 ? own_pace : pace_;
  const auto items = static_cast<std::uint32_t>(p->size());
  const auto number = ++last_batch_;
  const auto request = p->shared_request();
  const auto rank = index_of(to);
  auto message = rank_message::of(rank_message_kind::batch, 0,
                                  batch_head{number, limits.seed, limits.timeout.count(), p->first(), pace.count(),
                                             limits.retries, items, p->at_a_time(), limits.priority, limits.fail_fast,
                                             std::string(p->verb()), broadcasts_.send(rank, request->kept())});
  message.body.push_back({{request->data(), request->size()}, request});
  outgoing_.emplace_back(rank, std::move(message));
  batch made{p, rank, pace.count() > 0 ? pace * items : batch_time() / 2, request->size(), clock::now()};
  ++to.batches;
  to.work += made.work;
  to.bytes += made.bytes;
  in_flight_.emplace(number, std::move(made));
}

CROSSPOOL_INLINE auto rank_dispatcher::remove(batches::iterator at) -> batch {
  auto gone = std::move(at->second);
  in_flight_.erase(at);
  auto& of = lanes_[gone.rank];
  --of.batches;
  of.bytes -= gone.bytes;
  of.work = of.batches == 0 ? estimated_time::zero() : of.work - gone.work;
  return gone;
}

CROSSPOOL_INLINE void rank_dispatcher::ask_back() {
  lane* most = nullptr;
  bool is_any_free = false;
  for (auto& each : lanes_) {
    if (!each.takes)
      continue;
    is_any_free = is_any_free || each.batches < workers_;
    if (each.batches > workers_ && (most == nullptr || each.batches > most->batches))
      most = &each;
  }
  if (!is_any_free || most == nullptr || most->asked_back)
    return;
  // Those sent last are the last to be begun. What is new would be begun before it could come back.
  const auto long_ago = clock::now() - std::chrono::milliseconds(2);
  batch* last = nullptr;
  std::uint64_t number = 0;
  for (auto& [n, each] : in_flight_)
    if (&lanes_[each.rank] == most && !each.asked_back && each.sent < long_ago && n > number) {
      last = &each;
      number = n;
    }
  if (last == nullptr)
    return;
  last->asked_back = most->asked_back = true;
  post(outgoing_, index_of(*most), rank_message_kind::give_back, number);
}

CROSSPOOL_INLINE void rank_dispatcher::tell_ranks_at(const completion& call, rank_message_kind what) {
  std::set<std::size_t> at;
  for (const auto& [number, each] : in_flight_)
    if (&each.parcel->home() == &call && at.insert(each.rank).second)
      post(outgoing_, each.rank, what, call.limits().seed);
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
