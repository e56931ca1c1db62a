// What of processes/engine.hpp depends on no type of the user's.
#ifndef CROSSPOOL_PROCESSES_ENGINE_IPP
#define CROSSPOOL_PROCESSES_ENGINE_IPP

#include <crosspool/os/signals.hpp>
#include <crosspool/processes/crew.hpp>
#include <crosspool/processes/dispatcher.hpp>
#include <crosspool/processes/engine.hpp>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE process_engine::process_engine(const options& o, std::unique_ptr<worker_source> source,
                                                std::shared_ptr<const bytes> setup)
    : engine_base(o, true), workers_(o.workers), recycles_(o.max_tasks_per_worker != 0),
      requests_(std::make_shared<arena>()),
      dispatcher_(std::make_unique<dispatcher>(static_cast<std::size_t>(o.workers), o.max_tasks_per_worker)) {
  try {
    const no_signals meanwhile;
    crew_ = std::make_unique<crew>(o, std::move(source), std::move(setup), *requests_, bell_, *dispatcher_,
                                   static_cast<employer&>(*this));
    service_ = std::thread([this] { serve(); });
  } catch (const std::system_error& e) {
    throw no_resource(e.code().value(), "start the pool's service thread");
  }
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !crew_->is_starting() || failure_; });
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

CROSSPOOL_INLINE pool_stats process_engine::stats() {
  const std::lock_guard lock(mutex_);
  return dispatcher_->log().stats();
}

CROSSPOOL_INLINE void process_engine::trace_to(const std::string& path) {
  dispatcher_->log().trace().start(path, workers());
}

CROSSPOOL_INLINE void process_engine::trace_to(std::function<void(const timeline_event&)> to) {
  dispatcher_->log().trace().start(std::move(to));
}

CROSSPOOL_INLINE void process_engine::stop_trace() {
  dispatcher_->log().trace().stop();
}

// ---- calls ----

CROSSPOOL_INLINE bool process_engine::submit(std::shared_ptr<remote_parcel> p, collector* by) {
  std::unique_lock lock(mutex_);
  if (terminating_ || p->abandoned()) {
    p->fail(terminating_ ? end_of_pool() : call_was_abandoned());
    return false;
  }
  auto& home = p->home();
  dispatcher_->add(std::move(p));
  const bool started = dispatcher_->deal();
  look_in_time();
  if (by != nullptr)
    drive(lock, home, clock::time_point::max(), by,
          [&] { return home.abandoned() || !dispatcher_->enough_queued(home.limits().priority); });
  else if (!is_driven() && watch_ != watch::on) {
    if (std::exchange(watch_, watch::called) == watch::off)
      wake();
  } else if (started || dispatcher_->queued() == 1)
    plan_anew();
  return true;
}

CROSSPOOL_INLINE void process_engine::drive(completion& until, clock::time_point deadline, collector* to) {
  std::unique_lock lock(mutex_);
  drive(lock, until, deadline, to, [&] { return until.ready(); });
}

CROSSPOOL_INLINE std::vector<std::size_t> process_engine::end_unbegun(const completion& call,
                                                                      const std::exception_ptr& why) {
  pump();
  return dispatcher_->cancel(call, why);
}

CROSSPOOL_INLINE void process_engine::cancel(completion& call) {
  std::unique_lock lock(mutex_);
  const auto why = call_was_cancelled();
  auto busy = end_unbegun(call, why);
  // A worker that is at a quick item is done with it before it could be stopped.
  if (!busy.empty()) {
    lock.unlock();
    spin_budget::spin_for(spin_budget::most, [&] {
      const std::lock_guard looking(mutex_);
      return end_unbegun(call, why).empty();
    });
    lock.lock();
    busy = end_unbegun(call, why);
  }
  for (const auto worker : busy)
    crew_->stop(worker, stop_reason::cancelled);
  tell_those_who_wait();
  wake();
}

CROSSPOOL_INLINE void process_engine::drop_rest(completion& call) {
  const std::lock_guard lock(mutex_);
  end_unbegun(call, call_was_abandoned());
  tell_those_who_wait();
  wake();
}

CROSSPOOL_INLINE bool process_engine::take_back(const remote_parcel& p) {
  const std::lock_guard lock(mutex_);
  pump();
  const bool is_back = dispatcher_->take_back(p);
  dispatcher_->deal();
  return is_back;
}

CROSSPOOL_INLINE void process_engine::at_exit(const std::shared_ptr<remote_exit>& made) {
  const std::lock_guard lock(mutex_);
  set_exit_function(crew_->exit_function(), made);
  crew_->announce_exit_function();
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
  crew_->finish_output();
  dispatcher_->log().trace().close();
}

// ---- driving ----

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
  if (engine_.is_driven())
    return;
  if (engine_.waiting_ != 0)
    engine_.changed_.notify_all();
  else if (engine_.needs_service()) {
    if (engine_.watch_ == watch::on)
      engine_.plan_anew();
    else
      engine_.wake();
  }
}

template <class Done>
void process_engine::drive(std::unique_lock<std::mutex>& lock, completion& until, clock::time_point deadline,
                           collector* to, Done done) {
  if (pump() && is_driven())
    bell_.give(); // it may have been what the one with the seat sleeps for
  if (done())
    return;
  const visit here(*this, lock, until);
  while (!done() && (deadline == clock::time_point::max() || clock::now() < deadline))
    if (is_driven()) {
      plan_anew();
      if (deadline == clock::time_point::max())
        changed_.wait(lock);
      else
        changed_.wait_until(lock, deadline);
    } else {
      if (to != nullptr) {
        lock.unlock();
        to->collect();
        lock.lock();
        if (is_driven() || done())
          continue;
      }
      seat_ = seat::taken;
      wait_for_workers(lock, deadline, done);
      pump();
      seat_ = seat::free;
    }
}

template <class Done>
void process_engine::wait_for_workers(std::unique_lock<std::mutex>& lock, clock::time_point deadline,
                                      const Done& done) {
  constexpr std::chrono::microseconds sure_to_come{20}; // the first may take what a worker needs to wake up
  constexpr std::chrono::microseconds worth_spinning{100};
  dispatcher_->rebalance(false);
  if (const auto soonest = dispatcher_->plan();
      soonest < worth_spinning && !dispatcher_->at_work_on(this_processor())) {
    lock.unlock();
    const auto look = [&] {
      const std::lock_guard looking(mutex_);
      return done() || something_to_do();
    };
    const bool found = soonest < sure_to_come ? spin_budget::spin_for(spin_budget::most, look) : spinner_.spin(look);
    lock.lock();
    if (found)
      return;
  }
  dispatcher_->rebalance(true);
  if (!done() && dispatcher_->arm()) {
    seat_ = seat::asleep;
    lock.unlock();
    ::pollfd polled{bell_.get(), POLLIN, 0};
    ::poll(&polled, 1, timeout_until(deadline));
    lock.lock();
    seat_ = seat::taken;
    bell_.take();
  }
  dispatcher_->disarm();
}

CROSSPOOL_INLINE void process_engine::plan_anew() {
  if ((seat_ == seat::asleep || watch_ == watch::on) && !dispatcher_->arm())
    bell_.give();
}

CROSSPOOL_INLINE bool process_engine::pump() {
  bool any = false;
  for (auto& each : dispatcher_->lanes())
    if (!each.is_cut())
      try {
        any = dispatcher_->gather(each) || any;
      } catch (const std::exception&) { // what makes no sense, or for which there is no memory
        wake();                         // the worker is to be killed
      }
  dispatcher_->deal();
  look_in_time();
  if (any && waiting_ > (is_driven() ? 1U : 0U))
    changed_.notify_all();
  if (any && (closing_ || recycles_))
    wake(); // workers may have to end
  return any;
}

CROSSPOOL_INLINE bool process_engine::something_to_do() const {
  try {
    return dispatcher_->something_is_done();
  } catch (const error&) {
    return true;
  }
}

CROSSPOOL_INLINE void process_engine::look_in_time() {
  if (dispatcher_->look_at() < looks_at_) {
    looks_at_ = dispatcher_->look_at();
    wake();
  }
}

CROSSPOOL_INLINE void process_engine::tell_those_who_wait() {
  changed_.notify_all();
  if (is_driven())
    bell_.give();
}

CROSSPOOL_INLINE int process_engine::timeout_until(clock::time_point when) {
  constexpr std::chrono::hours longest{24 * 7}; // of what poll's timeout can hold
  if (when == clock::time_point::max())
    return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(when - clock::now());
  return static_cast<int>(std::clamp<std::chrono::milliseconds>(left, std::chrono::milliseconds(0), longest).count());
}

// ---- the service thread ----

CROSSPOOL_INLINE bool process_engine::expects_work() const {
  return expects_parcels() || dispatcher_->queued() != 0;
}

CROSSPOOL_INLINE bool process_engine::needs_service() const {
  return dispatcher_->unattended() != 0 || (closing_ && !dispatcher_->nothing_is_held());
}

CROSSPOOL_INLINE void process_engine::serve() {
  std::unique_lock lock(mutex_);
  try {
    crew_->start();
    while (decide()) {
      wait_for_something(lock);
      crew_->take_what_came();
    }
  } catch (...) {
    give_up(std::current_exception());
  }
  closing_ = true;
  crew_->vacate();
  if (crew_->is_starting() && !failure_)
    failure_ = std::make_exception_ptr(start_failed("crosspool: the pool was closed while it started"));
  changed_.notify_all();
  lock.unlock();
  crew_->close_source();
}

CROSSPOOL_INLINE bool process_engine::decide() {
  if (terminating_ && (dispatcher_->queued() != 0 || !crew_->all_are_vacant()))
    crew_->fail_everything(end_of_pool());
  check_time();
  if (is_driven())
    bell_.give(); // whoever has the seat is to look at what has changed
  else
    pump();
  crew_->dismiss();
  if (expects_work())
    return true;
  if (dispatcher_->nothing_is_held()) // a worker that dies gives its items back
    crew_->finish();
  return !crew_->all_are_vacant();
}

CROSSPOOL_INLINE void process_engine::check_time() {
  const auto now = clock::now();
  if (now < dispatcher_->look_at())
    return;
  pump(); // or a slot that is done would be taken for the one that the worker is at
  for (const auto worker : dispatcher_->overdue(now))
    crew_->stop(worker, stop_reason::timed_out);
}

CROSSPOOL_INLINE void process_engine::wait_for_something(std::unique_lock<std::mutex>& lock) {
  polled_.clear();
  polled_.push_back({wake_.get(), POLLIN, 0});
  looks_at_ = dispatcher_->look_at();
  int timeout = timeout_until(std::min(looks_at_, crew_->add_to(polled_)));
  if (!is_driven() && needs_service()) {
    dispatcher_->rebalance(true);
    if (!dispatcher_->arm())
      timeout = 0;
    polled_.push_back({bell_.get(), POLLIN, 0});
    watch_ = watch::on;
  }
  lock.unlock();
  const bool refused = ::poll(polled_.data(), polled_.size(), timeout) < 0 && errno != EINTR;
  const int why = errno;
  lock.lock();
  if (refused) // more descriptors than the program's limit, which has been lowered; or no memory
    throw no_resource(why == EINVAL ? EMFILE : why, "wait for the workers");
  looks_at_ = clock::time_point::min(); // it is awake
  wake_.take();
  if (std::exchange(watch_, watch::off) == watch::on && !is_driven()) {
    bell_.take();
    dispatcher_->disarm();
  }
}

CROSSPOOL_INLINE void process_engine::give_up(const std::exception_ptr& why) {
  closing_ = terminating_ = true;
  if (!failure_)
    failure_ = why;
  crew_->fail_everything(failure_);
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
