// What of threads/engine.hpp depends on no type of the user's.
#ifndef CROSSPOOL_THREADS_ENGINE_IPP
#define CROSSPOOL_THREADS_ENGINE_IPP

#include <crosspool/calls/awaited_call.hpp>
#include <crosspool/threads/engine.hpp>

#include <algorithm>
#include <exception>
#include <system_error>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE thread_engine::thread_engine(const options& o, initialize_ref initialize)
    : engine_base(o, false), // nothing is run again: a thread that an item keeps would only be joined by another
      starting_(o.workers) {
  try {
    running_.reserve(static_cast<std::size_t>(o.workers)); // for good: a worker must not fail to list its parcel
    for (int id = 0; id < o.workers; ++id)
      meters_.emplace_back(id, timeline_);
    for (int id = 0; id < o.workers; ++id)
      threads_.emplace_back([this, id, initialize] { serve(id, initialize); });
  } catch (const std::system_error& e) {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    starting_ -= o.workers - static_cast<int>(threads_.size());
    failure_ = std::make_exception_ptr(
        start_failed(std::string("crosspool: cannot start a worker thread: ") + e.what()));
  }
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return starting_ == 0; });
  if (failure_) {
    closing_ = true;
    changed_.notify_all();
    lock.unlock();
    join();
    std::rethrow_exception(failure_);
  }
}

CROSSPOOL_INLINE thread_engine::~thread_engine() {
  close();
  join();
}

CROSSPOOL_INLINE auto thread_engine::stats() -> pool_stats {
  pool_stats all;
  slowest_items slowest;
  const std::lock_guard lock(mutex_);
  for (const auto& each : meters_) {
    const auto present = each.present.total(), waiting = std::min(each.waiting.total(), present);
    all.workers.push_back({.tasks = each.tasks(), .busy = present - waiting, .waiting = waiting});
    each.add_slowest_to(slowest);
  }
  all.slowest = slowest.list();
  return all;
}

CROSSPOOL_INLINE bool thread_engine::submit(std::shared_ptr<local_parcel> p, collector* by) {
  if (by != nullptr)
    p->home().wait_until_fewer_than(parcels_per_worker * threads_.size());
  const std::lock_guard lock(mutex_);
  if (terminating_ || p->abandoned()) {
    p->fail(terminating_ ? end_of_pool() : call_was_abandoned());
    return false;
  }
  const auto place = place_behind(queue_, p->priority(), priority_of);
  queue_.insert(place, std::move(p));
  count_waiting();
  changed_.notify_one();
  return true;
}

CROSSPOOL_INLINE void thread_engine::drive(completion& until, clock::time_point deadline, collector* /*to*/) {
  until.sleep_until(deadline); // the workers need nobody
}

CROSSPOOL_INLINE void thread_engine::cancel(completion& call) {
  std::deque<std::shared_ptr<local_parcel>> queued;
  const auto is_of_it = [&](const auto& each) { return &each->home() == &call; };
  {
    const std::lock_guard lock(mutex_);
    queued = take_if(queue_, is_of_it);
    std::erase_if(indexed_, is_of_it);
    std::erase_if(calls_, [&](indexed_call* each) {
      if (!is_of_it(each))
        return false;
      each->cancel(call.is_stopped() ? call_was_cancelled() : call_was_abandoned());
      return finished(*each);
    });
    count_waiting();
  }
  for (const auto& each : queued) // without the lock: what is let go of may be anything
    if (call.is_cancelled())
      each->drop();
    else
      each->fail(call_was_abandoned());
}

CROSSPOOL_INLINE void thread_engine::terminate() {
  std::deque<std::shared_ptr<local_parcel>> queued;
  std::exception_ptr why;
  {
    const std::lock_guard lock(mutex_);
    closing_ = terminating_ = true;
    why = end_of_pool();
    queued.swap(queue_);
    for (const auto* each : running_)
      each->home().abandon();
    std::erase_if(calls_, [&](indexed_call* call) {
      call->cancel(why);
      return finished(*call);
    });
    indexed_.clear();
    count_waiting();
    wake();
  }
  for (const auto& each : queued)
    each->fail(why);
}

CROSSPOOL_INLINE void thread_engine::join() {
  const std::lock_guard lock(join_mutex_);
  for (auto& each : threads_)
    if (each.joinable())
      each.join();
  if (exit_)
    exit_->finish();
  timeline_.close();
}

CROSSPOOL_INLINE void thread_engine::serve(int id, initialize_ref initialize) {
  worker_of_thread = id;
  const state_scope state;
  const auto failure = detail::failure_of_initializer(id, initialize);
  std::unique_lock lock(mutex_);
  if (failure && !failure_)
    failure_ = failure;
  --starting_; // initialize is not used any more after the last of these
  changed_.notify_all();
  auto& meter = meters_[static_cast<std::size_t>(id)];
  meter.present.start();
  for (;;) {
    if (expects_parcels() && idle()) {
      meter.waiting.start();
      changed_.wait(lock, [&] { return !expects_parcels() || !idle(); });
      meter.waiting.stop();
    }
    if (idle())
      break;
    // Parcels and indexed calls of the same priority take turns.
    parcel_is_next_ = queue_.empty() ? false : indexed_.empty() || is_before(*queue_.front(), **next_call());
    if (parcel_is_next_)
      run_parcel(lock, meter);
    else
      work_in_call(lock, meter);
  }
  meter.present.stop();
  const auto run_exit = terminating_ ? nullptr : exit_;
  lock.unlock();
  if (run_exit)
    run_exit->run(id);
}

CROSSPOOL_INLINE void thread_engine::run_parcel(std::unique_lock<std::mutex>& lock, work_meter& meter) {
  auto p = std::move(queue_.front());
  queue_.pop_front();
  running_.push_back(p.get());
  count_waiting();
  lock.unlock();
  p->run(meter);
  lock.lock();
  std::erase(running_, p.get());
  lock.unlock();
  p.reset();
  lock.lock();
}

CROSSPOOL_INLINE void thread_engine::work_in_call(std::unique_lock<std::mutex>& lock, work_meter& meter) {
  const auto next = next_call();
  auto& call = **next;
  std::rotate(next, next + 1, indexed_.end()); // the next worker goes to the next call
  ++call.workers_inside;
  lock.unlock();
  // Workers wake each other: by now the caller has left its processor to one of them.
  for (int i = 0; i < 2 && call.left() > 1; ++i)
    changed_.notify_one();
  call.work(threads_.size(), [this] { return waiting_.load(std::memory_order_relaxed) > 1; }, meter);
  lock.lock();
  --call.workers_inside;
  const bool listed = std::ranges::find(indexed_, &call) != indexed_.end();
  if (call.left() != 0) {
    if (!listed) { // it has items again
      indexed_.push_back(&call);
      changed_.notify_one();
    }
  } else {
    if (listed)
      std::erase(indexed_, &call);
    if (finished(call))
      std::erase(calls_, &call);
  }
  count_waiting();
}

CROSSPOOL_INLINE void thread_engine::run(indexed_call& call, const std::shared_ptr<completion>& home,
                                         const std::function<void(const progress&)>& to) {
  awaited_call awaited(home);
  awaited.expect_in_all(call.size());
  if (to)
    awaited.report_to(to);
  enter(call);
  awaited.wait();
  awaited.report_end(call.size(), home->failed_items() + (call.size() - home->ended_items()));
}

CROSSPOOL_INLINE bool thread_engine::finished(indexed_call& call) {
  if (call.workers_inside != 0)
    return false;
  call.finish();
  return true;
}

CROSSPOOL_INLINE void thread_engine::enter(indexed_call& call) {
  std::unique_lock lock(mutex_);
  demand_open();
  if (call.left() == 0)
    return call.finish();
  calls_.push_back(&call);
  try {
    indexed_.reserve(calls_.size()); // for good: a worker must not fail to list a call
  } catch (...) {
    calls_.pop_back();
    throw;
  }
  indexed_.push_back(&call);
  count_waiting();
  lock.unlock();
  changed_.notify_one();
}

CROSSPOOL_INLINE auto thread_engine::next_call() -> std::vector<indexed_call*>::iterator {
  return std::ranges::max_element(indexed_, {}, &indexed_call::priority);
}

CROSSPOOL_INLINE bool thread_engine::is_before(const local_parcel& p, const indexed_call& call) const noexcept {
  return p.priority() != call.priority() ? p.priority() > call.priority() : !parcel_is_next_;
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
