// What of processes/engine.hpp depends on no type of the user's.
#ifndef CROSSPOOL_PROCESSES_ENGINE_IPP
#define CROSSPOOL_PROCESSES_ENGINE_IPP

#include <crosspool/os/signals.hpp>
#include <crosspool/processes/engine.hpp>
#include <crosspool/processes/worker.hpp>

#include <cerrno>
#include <optional>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE process_engine::process_engine(const options& o, std::unique_ptr<worker_source> source,
                                                std::shared_ptr<const bytes> setup)
    : options_(o), setup_(std::move(setup)), requests_(std::make_shared<arena>()), source_(std::move(source)),
      causes_(o.memory_limit), dispatcher_(static_cast<std::size_t>(o.workers), o.max_tasks_per_worker),
      slots_(static_cast<std::size_t>(o.workers)) {
  for (int id = 0; auto& each : slots_)
    each.id = id++;
  starting_ = slots_.size();
  try {
    const no_signals meanwhile;
    if (options_.on_output)
      output_ = std::make_unique<output_reader>(options_.on_output);
    service_ = std::thread([this] { serve(); });
  } catch (const std::system_error& e) {
    throw no_resource(e.code().value(), "start the pool's service thread");
  }
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return starting_ == 0 || failure_; });
  if (failure_) {
    lock.unlock();
    service_.join();
    std::rethrow_exception(failure_);
  }
}

CROSSPOOL_INLINE process_engine::~process_engine() {
  close();
  join();
}

CROSSPOOL_INLINE auto process_engine::stats() -> pool_stats {
  const std::lock_guard lock(mutex_);
  return dispatcher_.log().stats();
}

CROSSPOOL_INLINE bool process_engine::submit(std::shared_ptr<remote_parcel> p, collector* by) {
  std::unique_lock lock(mutex_);
  if (terminating_ || p->abandoned()) {
    p->fail({0, static_cast<std::uint32_t>(p->size())},
            [&, why = terminating_ ? end_of_pool() : call_was_abandoned()](std::size_t) { return why; });
    return false;
  }
  auto& home = p->home();
  dispatcher_.add(std::move(p));
  const bool started = dispatcher_.deal();
  look_in_time();
  if (by != nullptr)
    drive(lock, home, clock::time_point::max(), by,
          [&] { return home.abandoned() || !dispatcher_.enough_queued(home.limits().priority); });
  else if (!driving_ && !watching_) {
    if (!std::exchange(called_, true))
      wake();
  } else if (started || dispatcher_.queued() == 1)
    plan_anew();
  return true;
}

CROSSPOOL_INLINE void process_engine::drive(completion& until, clock::time_point deadline, collector* to) {
  std::unique_lock lock(mutex_);
  drive(lock, until, deadline, to, [&] { return until.ready(); });
}

CROSSPOOL_INLINE void process_engine::cancel(completion& call) {
  std::unique_lock lock(mutex_);
  // A worker that is at a quick item is done with it before it could be stopped.
  if (!has_ended(call)) {
    lock.unlock();
    spin_budget::spin_for(spin_budget::most, [&] {
      const std::lock_guard looking(mutex_);
      return has_ended(call);
    });
    lock.lock();
  }
  take_back(call, [&](std::size_t lane) { stop(slots_[lane], stop_reason::cancelled); });
  tell_those_who_wait();
  wake();
}

CROSSPOOL_INLINE void process_engine::drop_rest(completion& call) {
  const std::lock_guard lock(mutex_);
  pump();
  dispatcher_.cancel(call, [](std::size_t) { return call_was_abandoned(); }, [](std::size_t) {});
  tell_those_who_wait();
  wake();
}

CROSSPOOL_INLINE bool process_engine::take_back(const remote_parcel& p) {
  const std::lock_guard lock(mutex_);
  pump();
  const bool is_back = dispatcher_.take_back(p);
  dispatcher_.deal();
  return is_back;
}

CROSSPOOL_INLINE void process_engine::at_exit(const std::shared_ptr<remote_exit>& made) {
  const std::lock_guard lock(mutex_);
  set_exit_function(exit_, made);
  for (const auto& each : slots_)
    if (const auto& queue = lane_of(each).queue; queue.memory())
      queue.set_exit_function(made->function().offset(), made->function().size());
}

CROSSPOOL_INLINE void process_engine::attend_to_subscribed() {
  const std::lock_guard lock(mutex_);
  plan_anew();
}

CROSSPOOL_INLINE void process_engine::terminate() {
  const std::lock_guard lock(mutex_);
  closing_ = terminating_ = true;
  wake();
}

CROSSPOOL_INLINE void process_engine::join() {
  const std::lock_guard lock(join_mutex_);
  if (service_.joinable())
    service_.join();
  output_.reset();
  dispatcher_.log().trace().close();
}

CROSSPOOL_INLINE bool process_engine::has_ended(const completion& call) {
  bool is_anyone_at = false;
  take_back(call, [&](std::size_t) { is_anyone_at = true; });
  return !is_anyone_at;
}

CROSSPOOL_INLINE process_engine::visit::visit(process_engine& to, std::unique_lock<std::mutex>& lock, completion& until)
    : engine_(to), lock_(lock), until_(until) {
  until_.begin_waiting();
  ++engine_.waiting_;
}

CROSSPOOL_INLINE process_engine::visit::~visit() {
  if (!lock_.owns_lock()) // what was collected threw
    lock_.lock();
  --engine_.waiting_;
  until_.end_waiting();
  if (engine_.driving_)
    return;
  if (engine_.waiting_ != 0)
    engine_.changed_.notify_all();
  else if (engine_.needs_service()) {
    if (engine_.watching_)
      engine_.plan_anew();
    else
      engine_.wake();
  }
}

CROSSPOOL_INLINE void process_engine::plan_anew() {
  if (!watching_ && !asleep_)
    return;
  if (!dispatcher_.arm())
    bell_.give();
}

CROSSPOOL_INLINE bool process_engine::pump() {
  bool any = false;
  for (auto& each : slots_)
    if (!each.silent)
      try {
        any = dispatcher_.gather(lane_of(each)) || any;
      } catch (const std::exception&) { // what makes no sense, or for which there is no memory
        each.silent = true;
        wake(); // it is to be killed
      }
  dispatcher_.deal();
  look_in_time();
  if (any && waiting_ > (driving_ ? 1U : 0U))
    changed_.notify_all();
  if (any && (closing_ || options_.max_tasks_per_worker != 0))
    wake(); // workers may have to end
  return any;
}

CROSSPOOL_INLINE bool process_engine::something_to_do() const {
  try {
    return dispatcher_.something_is_done();
  } catch (const error&) {
    return true;
  }
}

CROSSPOOL_INLINE void process_engine::look_in_time() {
  if (dispatcher_.look_at() < looks_at_) {
    looks_at_ = dispatcher_.look_at();
    wake();
  }
}

CROSSPOOL_INLINE void process_engine::tell_those_who_wait() {
  changed_.notify_all();
  if (driving_)
    bell_.give();
}

CROSSPOOL_INLINE int process_engine::timeout_until(clock::time_point when) {
  if (when == clock::time_point::max())
    return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(when - clock::now());
  return left.count() < 0 ? 0 : static_cast<int>((left < longest_wait ? left : longest_wait).count());
}

CROSSPOOL_INLINE void process_engine::serve() {
  std::unique_lock lock(mutex_);
  try {
    for (auto& each : slots_)
      start(each);
    causes_.watch();
    while (decide()) {
      wait_for_something(lock);
      take_what_came();
    }
  } catch (...) {
    give_up(std::current_exception());
  }
  for (auto& each : slots_)
    vacate(each);
  closing_ = true;
  if (exit_)
    exit_->finish();
  if (starting_ != 0 && !failure_)
    failure_ = std::make_exception_ptr(start_failed("crosspool: the pool was closed while it started"));
  changed_.notify_all();
  lock.unlock();
  source_.reset();
}

CROSSPOOL_INLINE bool process_engine::decide() {
  if (terminating_)
    cancel_everything();
  look_at_time();
  if (driving_)
    bell_.give(); // whoever has the seat is to look at what has changed
  else
    pump();
  for (auto& each : slots_) {
    if (each.silent && !each.condemned && each.state != slot_state::vacant) // it can neither be asked nor answer
      kill(each);
    if (each.stopping != stop_reason::none && !each.asked_to_end)
      ask_to_end(each);
    if (dispatcher::holds_nothing(lane_of(each)) && (!expects_work() || dispatcher_.used_up(lane_of(each))))
      retire(each);
  }
  if (expects_work())
    return true;
  if (!finishing_ && dispatcher_.nothing_is_held()) { // a worker that dies gives its items back
    finishing_ = true;
    source_->finish();
  }
  return !all_vacant();
}

CROSSPOOL_INLINE void process_engine::take_what_came() {
  for (const auto& event : source_->events())
    for (auto& each : slots_)
      if (event.what == worker_source::event::ended ? each.pid == event.pid : each.id == event.id) {
        handle(each, event);
        break;
      }
  for (auto& each : slots_)
    if (each.channel)
      receive(each);
  check_deadlines();
}

CROSSPOOL_INLINE void process_engine::wait_for_something(std::unique_lock<std::mutex>& lock) {
  polled_.clear();
  polled_.push_back({wake_.get(), POLLIN, 0});
  auto next = looks_at_ = dispatcher_.look_at();
  for (auto& each : slots_) {
    next = each.deadline < next ? each.deadline : next;
    if (!each.channel)
      continue;
    each.channel.flush();
    if (!each.silent)
      polled_.push_back(
          {each.channel.get(), static_cast<short>(POLLIN | (each.channel.wants_to_send() ? POLLOUT : 0)), 0});
  }
  source_->add_to(polled_);
  int timeout = timeout_until(next);
  if (!driving_ && needs_service()) {
    dispatcher_.rebalance(true);
    if (!dispatcher_.arm())
      timeout = 0;
    polled_.push_back({bell_.get(), POLLIN, 0});
    watching_ = asleep_ = true;
  }
  lock.unlock();
  const bool refused = ::poll(polled_.data(), polled_.size(), timeout) < 0 && errno != EINTR;
  const int why = errno;
  lock.lock();
  if (refused) // more descriptors than the program's limit, which has been lowered; or no memory
    throw no_resource(why == EINVAL ? EMFILE : why, "wait for the workers");
  looks_at_ = clock::time_point::min(); // it is awake
  wake_.take();
  called_ = false;
  if (std::exchange(watching_, false) && !driving_) {
    asleep_ = false;
    bell_.take();
    dispatcher_.disarm();
  }
}

CROSSPOOL_INLINE void process_engine::start(slot& each) {
  each.pid = 0;
  each.greeted = each.condemned = each.silent = each.asked_to_end = each.leaving = each.exited = false;
  each.stopping = stop_reason::none;
  each.deadline = start_deadline();
  each.why_not_started = nullptr;
  std::optional<worker_source::event> event;
  try {
    auto [here, there] = socket_pair(SOCK_STREAM);
    each.channel = parent_channel(std::move(here));
    auto& lane = lane_of(each);
    lane.queue = parent_queue::create({options_.memory_limit, options_.max_memory_per_worker});
    if (exit_)
      lane.queue.set_exit_function(exit_->function().offset(), exit_->function().size());
    each.state = slot_state::starting;
    const auto output = output_ ? output_->open(each.id) : descriptor();
    event = source_->start(each.id, {{there.get(), lane.queue.memory()->file().get(), requests_->memory().file().get(),
                                      lane.queue.door(), bell_.get(), output.get()}});
  } catch (const start_failed&) {
    return not_started(each, std::current_exception());
  }
  if (event)
    handle(each, *event);
}

CROSSPOOL_INLINE auto process_engine::start_deadline() const -> clock::time_point {
  return clock::now() + (options_.start_timeout < longest_wait ? options_.start_timeout : longest_wait);
}

CROSSPOOL_INLINE void process_engine::retire(slot& each) {
  if (each.state == slot_state::vacant || each.state == slot_state::retiring)
    return;
  lane_of(each).takes = false;
  each.channel.flush();
  each.channel.finish();
  each.state = slot_state::retiring;
}

CROSSPOOL_INLINE void process_engine::handle(slot& each, const worker_source::event& event) {
  if (event.what == worker_source::event::started) {
    each.pid = event.pid;
    if (each.condemned)
      source_->signal(each.pid, SIGKILL);
  } else if (event.what == worker_source::event::ended)
    ended(each, event.status);
  else if (each.state == slot_state::starting)
    not_started(each, event.why);
  else { // it has been at work, and ended with the template before that could say that it had started
    each.pid = lane_of(each).queue.claimed_pid();
    ended(each, SIGKILL);
  }
}

CROSSPOOL_INLINE void process_engine::ended(slot& each, int status) {
  receive(each); // what it had written before it ended
  const auto was = each.state;
  const bool had_work = lane_of(each).given != 0;
  const auto running = dispatcher_.take_over(lane_of(each));
  vacate(each);
  if (was == slot_state::starting && !each.why_not_started)
    each.why_not_started = ended_before_ready(each, status);
  if (running)
    fail(each, *running, status);
  else if (was == slot_state::ready && status != 0) // else it has left, as it had grown too large
    dispatcher_.log().mark(index_of(each), describe_end(status));
  if (exit_ && each.leaving && !each.exited && !terminating_)
    exit_->failed(each.id, ended_at_item(each, status, exit_of(each), causes_.of(each, status)));
  each.pid = 0; // not to be killed any more
  if (was == slot_state::starting)
    return not_started(each, each.why_not_started);
  if (had_work && expects_work())
    start(each);
  else // what ends without having had anything to do may do so again and again
    each.deadline = clock::now() + first_pause;
  tell_those_who_wait();
}

CROSSPOOL_INLINE void process_engine::fail(const slot& each, const assignment& running, int status) {
  auto& of = *running.parcel;
  const lost_item item{of.index_for_caller(running.items.begin), of.verb(), of.home().limits().timeout};
  dispatcher_.log().mark(index_of(each), what_happened(each, status), item.verb, item.index);
  const bool for_another = each.stopping != stop_reason::none && each.stopped_at != of.first() + running.items.begin;
  if (for_another || (!terminating_ && !of.abandoned() && of.may_retry(running.items.begin)))
    return dispatcher_.requeue(running);
  dispatcher_.fail(running, [&](std::size_t) { return ended_at_item(each, status, item, causes_.of(each, status)); });
}

CROSSPOOL_INLINE void process_engine::vacate(slot& each) {
  dispatcher_.log().is_gone(index_of(each));
  each.state = slot_state::vacant;
  each.deadline = clock::time_point::max();
  each.channel = {};
  lane_of(each) = {};
}

CROSSPOOL_INLINE void process_engine::not_started(slot& each, const std::exception_ptr& why) {
  vacate(each);
  if (starting_ != 0)
    return give_up(why);
  if (++each.failed_starts < most_failed_starts)
    each.deadline = clock::now() + first_pause * (1 << each.failed_starts);
  else if (expects_work() && all_vacant(clock::time_point::max()))
    give_up(why);
}

CROSSPOOL_INLINE void process_engine::check_deadlines() {
  const auto now = clock::now();
  for (auto& each : slots_) {
    if (now < each.deadline)
      continue;
    if (each.state == slot_state::starting)
      each.why_not_started = did_not_report(each);
    if (each.leaving && each.stopping == stop_reason::none)
      each.stopping = stop_reason::timed_out;
    else if (each.state != slot_state::vacant)
      kill(each);
    else if (each.deadline = clock::time_point::max(); expects_work())
      start(each);
  }
}

CROSSPOOL_INLINE void process_engine::look_at_time() {
  const auto now = clock::now();
  if (now < dispatcher_.look_at())
    return;
  pump(); // or a slot that is done would be taken for the one that the worker is at
  dispatcher_.look(now, [&](std::size_t lane) { stop(slots_[lane], stop_reason::timed_out); });
}

CROSSPOOL_INLINE void process_engine::stop(slot& each, stop_reason why) {
  auto& lane = lane_of(each);
  if (each.state == slot_state::vacant || each.stopping != stop_reason::none)
    return;
  each.stopping = why;
  each.stopped_at = dispatcher_.current_item(lane);
  lane.takes = false;
  dispatcher_.take_back_all(lane);
}

CROSSPOOL_INLINE void process_engine::ask_to_end(slot& each) {
  each.asked_to_end = true;
  each.deadline = clock::now() + options_.grace_period;
  if (each.pid != 0)
    source_->signal(each.pid, SIGTERM);
}

CROSSPOOL_INLINE void process_engine::kill(slot& each) {
  each.condemned = true;
  each.deadline = clock::time_point::max();
  if (each.pid != 0)
    source_->signal(each.pid, SIGKILL);
}

CROSSPOOL_INLINE void process_engine::give_up(const std::exception_ptr& why) {
  closing_ = terminating_ = true;
  if (!failure_)
    failure_ = why;
  fail_everything(failure_);
}

CROSSPOOL_INLINE void process_engine::cancel_everything() {
  if (dispatcher_.queued() != 0 || !all_vacant())
    fail_everything(end_of_pool());
}

CROSSPOOL_INLINE void process_engine::fail_everything(const std::exception_ptr& why) {
  dispatcher_.fail_everything(why);
  for (auto& each : slots_)
    if (each.state != slot_state::vacant) {
      each.state = slot_state::retiring;
      lane_of(each).takes = false;
      kill(each);
    }
  tell_those_who_wait();
}

CROSSPOOL_INLINE bool process_engine::all_vacant(clock::time_point tried_again) const {
  for (const auto& each : slots_)
    if (each.state != slot_state::vacant || each.deadline < tried_again)
      return false;
  return true;
}

CROSSPOOL_INLINE void process_engine::receive(slot& each) {
  if (each.silent)
    return;
  try {
    each.silent = !each.channel.receive(
        [&](const frame_header& header, const bytes& payload) { handle(each, header.kind, payload); });
    limit_message(each);
  } catch (const std::exception&) { // not what a worker of ours would say
    each.silent = true;
  }
  if (each.silent)
    lane_of(each).refused = true;
}

CROSSPOOL_INLINE void process_engine::limit_message(slot& each) {
  if (!each.greeted || each.condemned || each.state != slot_state::starting)
    return;
  if (!each.channel.amid_frame())
    each.deadline = clock::time_point::max();
  else if (each.deadline == clock::time_point::max())
    each.deadline = start_deadline();
}

CROSSPOOL_INLINE void process_engine::handle(slot& each, frame_kind kind, byte_view payload) {
  if (each.condemned)
    return;
  if (each.state == slot_state::starting && kind == frame_kind::hello && !each.greeted)
    return greet(each, payload);
  if (each.state == slot_state::starting && kind == frame_kind::init_failed) {
    each.why_not_started = initializer_failed(each, payload);
    return;
  }
  if (each.state == slot_state::starting && kind == frame_kind::ready && each.greeted && !each.why_not_started) {
    each.state = slot_state::ready;
    each.deadline = clock::time_point::max();
    each.failed_starts = 0;
    dispatcher_.log().is_ready(index_of(each));
    lane_of(each).takes = true;
    if (starting_ != 0) {
      --starting_;
      changed_.notify_all();
    }
    return;
  }
  if (kind == frame_kind::leaving && (each.state == slot_state::ready || each.state == slot_state::retiring) &&
      !each.leaving)
    return let_leave(each);
  if (kind == frame_kind::exit_result && exit_ && each.leaving && !each.exited) {
    each.exited = true;
    return exit_->answered(each.id, payload);
  }
  if (each.state != slot_state::retiring) // of one that is being ended, some words may come late
    throw error("crosspool: a worker sent a message that has no place here");
}

CROSSPOOL_INLINE void process_engine::let_leave(slot& each) {
  auto& lane = lane_of(each);
  const auto given = lane.given;
  if (const auto running = dispatcher_.take_over(lane))
    fail(each, *running, -1);
  lane.given = given; // it has been of use
  each.state = slot_state::retiring;
  each.leaving = true;
  if (options_.task_timeout.count() != 0)
    each.deadline = clock::now() + options_.task_timeout;
  tell_those_who_wait();
}

CROSSPOOL_INLINE void process_engine::greet(slot& each, byte_view view) {
  each.greeted = true;
  each.deadline = clock::time_point::max();
  if (!take_greeting(view) || view.size() != (setup_ ? challenge_size : 0)) {
    each.why_not_started = std::make_exception_ptr(start_failed("crosspool: the worker is of another build"));
    kill(each);
  } else if (setup_) {
    each.channel.send(frame_kind::answer, std::make_shared<const bytes>(view.begin(), view.end()));
    each.channel.send(frame_kind::setup, setup_);
  }
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
