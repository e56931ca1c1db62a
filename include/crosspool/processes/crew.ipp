// What of processes/crew.hpp depends on no type of the user's.
#ifndef CROSSPOOL_PROCESSES_CREW_IPP
#define CROSSPOOL_PROCESSES_CREW_IPP

#include <crosspool/processes/crew.hpp>
#include <crosspool/processes/worker.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE crew::crew(const options& o, std::unique_ptr<worker_source> source, std::shared_ptr<const bytes> setup,
                            const arena& requests, const wake_up& bell, dispatcher& dealt, employer& by)
    : options_(o), source_(std::move(source)), setup_(std::move(setup)), requests_(requests), bell_(bell),
      dealt_(dealt), by_(by), workers_(static_cast<std::size_t>(o.workers)), starting_(workers_.size()),
      causes_(o.memory_limit) {
  for (int id = 0; auto& each : workers_)
    each.id = id++;
  if (o.on_output)
    output_ = std::make_unique<output_reader>(o.on_output);
}

CROSSPOOL_INLINE void crew::start() {
  for (auto& each : workers_)
    start(each);
  causes_.watch();
}

CROSSPOOL_INLINE void crew::dismiss() {
  const bool needed = by_.expects_work();
  for (auto& each : workers_) {
    if (each.is_vacant())
      continue;
    const auto& items = lane_of(each);
    if (items.is_cut() && each.told != end_signal::kill) // it can neither be asked nor answer
      kill(each);
    if (each.stopping != stop_reason::none && each.told == end_signal::none)
      ask_to_end(each);
    if (items.holds_nothing() && (!needed || dealt_.used_up(items)))
      retire(each);
  }
}

CROSSPOOL_INLINE auto crew::add_to(std::vector<::pollfd>& polled) -> clock::time_point {
  auto next = clock::time_point::max();
  for (auto& each : workers_) {
    next = std::min(next, each.deadline);
    if (!each.channel)
      continue;
    each.channel.flush();
    if (!lane_of(each).is_cut())
      polled.push_back(
          {each.channel.get(), static_cast<short>(POLLIN | (each.channel.wants_to_send() ? POLLOUT : 0)), 0});
  }
  source_->add_to(polled);
  return next;
}

CROSSPOOL_INLINE void crew::take_what_came() {
  for (const auto& event : source_->events()) {
    const auto is_of = [&](const worker_record& each) {
      return event.what == worker_source::event::ended ? each.pid == event.pid : each.id == event.id;
    };
    if (const auto of = std::find_if(workers_.begin(), workers_.end(), is_of); of != workers_.end())
      handle(*of, event);
  }
  for (auto& each : workers_)
    if (each.channel)
      receive(each);
  check_deadlines();
}

CROSSPOOL_INLINE void crew::stop(std::size_t worker, stop_reason why) {
  auto& each = workers_[worker];
  if (each.is_vacant() || each.stopping != stop_reason::none)
    return;
  auto& items = lane_of(each);
  each.stopping = why;
  each.stopped_at = items.current_item();
  items.close();
  dealt_.take_back_all(items);
}

CROSSPOOL_INLINE void crew::fail_everything(const std::exception_ptr& why) {
  dealt_.fail_everything(why);
  for (auto& each : workers_)
    if (!each.is_vacant()) {
      each.phase = std::max(each.phase, worker_phase::retiring);
      lane_of(each).close();
      kill(each);
    }
  by_.tell_those_who_wait();
}

CROSSPOOL_INLINE void crew::finish() {
  if (!std::exchange(finishing_, true))
    source_->finish();
}

CROSSPOOL_INLINE void crew::vacate() {
  for (auto& each : workers_)
    vacate(each);
  if (exit_)
    exit_->finish();
}

CROSSPOOL_INLINE void crew::announce_exit_function() {
  for (const auto& each : dealt_.lanes())
    if (each.queue().memory())
      each.queue().set_exit_function(exit_->function().offset(), exit_->function().size());
}

// ---- starting and ending ----

CROSSPOOL_INLINE void crew::start(worker_record& each) {
  each.pid = 0;
  each.told = end_signal::none;
  each.was_given_items = false;
  each.stopping = stop_reason::none;
  each.deadline = start_deadline();
  each.why_not_started = nullptr;
  std::optional<worker_source::event> event;
  try {
    auto [here, there] = socket_pair(SOCK_STREAM);
    each.channel = program_channel(std::move(here));
    auto queue = program_queue::create({options_.memory_limit, options_.max_memory_per_worker});
    if (exit_)
      queue.set_exit_function(exit_->function().offset(), exit_->function().size());
    auto& items = lane_of(each) = lane(std::move(queue));
    each.phase = worker_phase::starting;
    const auto output = output_ ? output_->open(each.id) : descriptor();
    event = source_->start(each.id,
                           {{there.get(), items.queue().memory()->file().get(), requests_.memory().file().get(),
                             items.queue().door(), bell_.get(), output.get()}});
  } catch (const start_failed&) {
    return not_started(each, std::current_exception());
  }
  if (event)
    handle(each, *event);
}

CROSSPOOL_INLINE auto crew::start_deadline() const -> clock::time_point {
  return clock::now() + std::min<std::chrono::milliseconds>(options_.start_timeout, longest_wait);
}

CROSSPOOL_INLINE void crew::not_started(worker_record& each, const std::exception_ptr& why) {
  vacate(each);
  if (starting_ != 0)
    return by_.give_up(why);
  if (++each.failed_starts < most_failed_starts)
    each.deadline = clock::now() + first_pause * (1 << each.failed_starts);
  else if (by_.expects_work() && all_vacant(clock::time_point::max()))
    by_.give_up(why);
}

CROSSPOOL_INLINE void crew::retire(worker_record& each) {
  if (each.phase >= worker_phase::retiring)
    return;
  lane_of(each).close();
  each.channel.flush();
  each.channel.finish();
  each.phase = worker_phase::retiring;
}

CROSSPOOL_INLINE void crew::ask_to_end(worker_record& each) {
  each.told = end_signal::term;
  each.deadline = clock::now() + options_.grace_period;
  if (each.pid != 0)
    source_->signal(each.pid, SIGTERM);
}

CROSSPOOL_INLINE void crew::kill(worker_record& each) {
  each.told = end_signal::kill;
  each.deadline = clock::time_point::max();
  if (each.pid != 0)
    source_->signal(each.pid, SIGKILL);
}

CROSSPOOL_INLINE void crew::vacate(worker_record& each) {
  dealt_.log().is_gone(index_of(each));
  each.phase = worker_phase::vacant;
  each.deadline = clock::time_point::max();
  each.channel = {};
  lane_of(each) = {};
}

CROSSPOOL_INLINE bool crew::all_vacant(clock::time_point tried_again) const {
  return std::all_of(workers_.begin(), workers_.end(),
                     [&](const worker_record& each) { return each.is_vacant() && each.deadline >= tried_again; });
}

CROSSPOOL_INLINE void crew::handle(worker_record& each, const worker_source::event& event) {
  if (event.what == worker_source::event::started) {
    each.pid = event.pid;
    if (each.told == end_signal::kill)
      source_->signal(each.pid, SIGKILL);
  } else if (event.what == worker_source::event::ended)
    ended(each, event.status);
  else if (each.is_starting())
    not_started(each, event.why);
  else { // it has been at work, and ended with the template before that could say that it had started
    each.pid = lane_of(each).queue().claimed_pid();
    ended(each, SIGKILL);
  }
}

CROSSPOOL_INLINE void crew::ended(worker_record& each, int status) {
  receive(each); // what it had written before it ended
  const auto was = each.phase;
  const bool was_starting = each.is_starting();
  const bool was_of_use = each.was_given_items || lane_of(each).given() != 0;
  if (was_starting && !each.why_not_started)
    each.why_not_started = ended_before_ready(each, status);
  const auto running = dealt_.take_over(lane_of(each));
  vacate(each);
  if (running)
    fail(each, *running, status);
  else if (was == worker_phase::ready && status != 0) // else it has left, as it had grown too large
    dealt_.log().mark(index_of(each), describe_end(status));
  if (exit_ && was == worker_phase::leaving && !by_.is_terminating())
    exit_->failed(each.id, ended_at_item(each, status, exit_of(each), causes_.of(each, status)));
  each.pid = 0; // not to be killed any more
  if (was_starting)
    return not_started(each, each.why_not_started);
  if (was_of_use && by_.expects_work())
    start(each);
  else // what ends without having had anything to do may do so again and again
    each.deadline = clock::now() + first_pause;
  by_.tell_those_who_wait();
}

CROSSPOOL_INLINE void crew::fail(const worker_record& each, const assignment& running, int status) {
  auto& of = *running.parcel;
  const lost_item item{of.index_for_caller(running.items.begin), of.verb(), of.home().limits().timeout};
  dealt_.log().mark(index_of(each), what_happened(each, status), item.verb, item.index);
  const bool for_another = each.stopping != stop_reason::none && each.stopped_at != of.first() + running.items.begin;
  if (for_another || (!by_.is_terminating() && !of.abandoned() && of.may_retry(running.items.begin)))
    dealt_.requeue(running);
  else
    dealt_.fail(running, ended_at_item(each, status, item, causes_.of(each, status)));
}

// ---- what workers say ----

CROSSPOOL_INLINE void crew::receive(worker_record& each) {
  auto& items = lane_of(each);
  if (items.is_cut())
    return;
  try {
    if (!each.channel.receive(
            [&](const frame_header& header, const bytes& payload) { handle(each, header.kind, payload); }))
      items.cut();
    limit_message(each);
  } catch (const std::exception&) { // not what a worker of ours would say
    items.cut();
  }
}

CROSSPOOL_INLINE void crew::handle(worker_record& each, frame_kind kind, byte_view payload) {
  if (each.told == end_signal::kill)
    return;
  switch (kind) {
  case frame_kind::hello:
    if (each.phase == worker_phase::starting)
      return greet(each, payload);
    break;
  case frame_kind::init_failed:
    if (each.is_starting()) {
      each.why_not_started = initializer_failed(each, payload);
      return;
    }
    break;
  case frame_kind::ready:
    if (each.phase == worker_phase::greeted && !each.why_not_started)
      return is_ready(each);
    break;
  case frame_kind::leaving:
    if (each.phase == worker_phase::ready || each.phase == worker_phase::retiring)
      return let_leave(each);
    break;
  case frame_kind::exit_result:
    if (exit_ && each.phase == worker_phase::leaving) {
      each.phase = worker_phase::left;
      return exit_->answered(each.id, payload);
    }
    break;
  case frame_kind::answer:
  case frame_kind::setup:
    break;
  }
  if (each.phase < worker_phase::retiring) // of one that is being ended, some words may come late
    throw error("crosspool: a worker sent a message that has no place here");
}

CROSSPOOL_INLINE void crew::greet(worker_record& each, byte_view view) {
  each.phase = worker_phase::greeted;
  each.deadline = clock::time_point::max();
  if (!take_greeting(view) || view.size() != (setup_ ? challenge_size : 0)) {
    each.why_not_started = std::make_exception_ptr(start_failed("crosspool: the worker is of another build"));
    kill(each);
  } else if (setup_) {
    each.channel.send(frame_kind::answer, std::make_shared<const bytes>(view.begin(), view.end()));
    each.channel.send(frame_kind::setup, setup_);
  }
}

CROSSPOOL_INLINE void crew::is_ready(worker_record& each) {
  each.phase = worker_phase::ready;
  each.deadline = clock::time_point::max();
  each.failed_starts = 0;
  dealt_.log().is_ready(index_of(each));
  lane_of(each).open();
  if (starting_ != 0 && --starting_ == 0)
    by_.tell_those_who_wait();
}

CROSSPOOL_INLINE void crew::let_leave(worker_record& each) {
  auto& items = lane_of(each);
  each.was_given_items = items.given() != 0;
  if (const auto running = dealt_.take_over(items))
    fail(each, *running, -1);
  each.phase = worker_phase::leaving;
  if (options_.task_timeout.count() != 0)
    each.deadline = clock::now() + options_.task_timeout;
  by_.tell_those_who_wait();
}

CROSSPOOL_INLINE void crew::limit_message(worker_record& each) {
  if (each.phase != worker_phase::greeted || each.told == end_signal::kill)
    return;
  if (!each.channel.amid_frame())
    each.deadline = clock::time_point::max();
  else if (each.deadline == clock::time_point::max())
    each.deadline = start_deadline();
}

CROSSPOOL_INLINE void crew::check_deadlines() {
  const auto now = clock::now();
  for (auto& each : workers_) {
    if (now < each.deadline)
      continue;
    if (each.is_starting())
      each.why_not_started = did_not_report(each);
    if (each.phase >= worker_phase::leaving && each.stopping == stop_reason::none)
      each.stopping = stop_reason::timed_out;
    else if (!each.is_vacant())
      kill(each);
    else if (each.deadline = clock::time_point::max(); by_.expects_work())
      start(each);
  }
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
