// The engine whose workers are threads of the program: parcels wait in one queue, and calls on ranges that can be read
// by index let workers in without one.
#ifndef CROSSPOOL_THREADS_ENGINE_HPP
#define CROSSPOOL_THREADS_ENGINE_HPP

#include <crosspool/broadcast.hpp>
#include <crosspool/calls/engine.hpp>
#include <crosspool/calls/initializer.hpp>
#include <crosspool/calls/limits.hpp>
#include <crosspool/calls/parcel_sizes.hpp>
#include <crosspool/calls/priority.hpp>
#include <crosspool/calls/worker_state.hpp>
#include <crosspool/exit_results.hpp>
#include <crosspool/options.hpp>
#include <crosspool/this_worker.hpp>
#include <crosspool/threads/indexed_call.hpp>
#include <crosspool/threads/meter.hpp>
#include <crosspool/threads/task.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace crosspool::detail {

class thread_engine final : public engine_base, public driver, public std::enable_shared_from_this<thread_engine> {
public:
  template <class R, class F, class... T> using task = local_task<R, F, T...>;
  using parcel_type = local_parcel;
  static constexpr bool reads_in_place = true;
  static constexpr bool outlives_calls = true;

  /// Starts all workers and waits until initialize() has run in each. Throws start_failed; no thread is left then.
  thread_engine(const options& o, initialize_ref initialize) : limits_(o, false), starting_(o.workers) {
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
  ~thread_engine() override {
    close();
    join();
  }

  [[nodiscard]] int workers() const noexcept { return static_cast<int>(threads_.size()); }
  [[nodiscard]] pool_stats stats() {
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
  void trace_to(const std::string& path) { timeline_.start(path, workers()); }
  void stop_trace() { timeline_.stop(); }

  [[nodiscard]] even_parcels parcel_sizes(std::size_t chunksize, std::size_t total) const {
    return {chunksize, total, threads_.size()};
  }
  [[nodiscard]] std::chrono::milliseconds timeout(const call_options& o) const noexcept { return limits_.timeout(o); }
  template <bool attended> std::shared_ptr<completion> new_completion(const call_options& o) {
    return std::make_shared<completion>(shared_from_this(), attended, limits_.next(o));
  }
  template <class Task>
  std::shared_ptr<typename Task::parcel_type> start_parcel(const Task& of, const std::shared_ptr<completion>& home,
                                                           std::string_view verb, std::size_t first,
                                                           std::size_t /*chunksize*/, std::size_t /*size*/) const {
    return of.start_parcel(home, verb, first);
  }
  static constexpr std::size_t parcel_bytes = 1;

  /// Takes p over, between begin_call and end_call. by: who adds and waits for the call, or null; it then waits here
  /// while much is out: more would only take memory. False if the pool has been terminated meanwhile: p's items have
  /// ended as cancelled then, and it is no use to submit more.
  bool submit(std::shared_ptr<local_parcel> p, collector* by) {
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

  /// Calls f with arguments(0), … arguments(count - 1) and waits. Returns the results, or throws the error of the
  /// lowest item that failed; each_apart: returns the outcomes.
  template <class R, bool each_apart, class F, class Arguments>
  auto run(F& f, std::string_view verb, const call_options& o, std::size_t count, Arguments arguments) {
    indexed_call_of<R, each_apart, F, Arguments> call(verb, count, o.chunksize, limits_.next(o), f,
                                                      std::move(arguments));
    {
      const auto watch = o.stop.watch([this, &call] { stop(call); });
      if (o.progress)
        run_and_report(call, o.progress);
      else {
        enter(call);
        call.wait();
      }
    }
    return call.results();
  }

  void drive(completion& until, clock::time_point deadline, collector* /*to*/) override {
    until.sleep_until(deadline); // the workers need nobody
  }

  void cancel(completion& call) override {
    std::deque<std::shared_ptr<local_parcel>> queued, of_others;
    {
      const std::lock_guard lock(mutex_);
      for (auto& each : queue_)
        (&each->home() == &call ? queued : of_others).push_back(std::move(each));
      queue_.swap(of_others);
      count_waiting();
    }
    for (const auto& each : queued) // without the lock: what is let go of may be anything
      if (call.is_cancelled())
        each->drop();
      else
        each->fail(call_was_abandoned());
  }

  /// The one value for all. Throws pool_closed.
  template <class T, class Value> broadcasted<T> broadcast(Value&& value) {
    demand_open_now();
    return broadcasted<T>(std::make_shared<const T>(std::forward<Value>(value)));
  }

  /// Each worker runs f before it ends, unless the pool is terminated. Throws pool_closed, and crosspool::error if
  /// there is such a function already.
  template <class R, class F> exit_results<R> at_exit(F&& f) {
    auto made = std::make_shared<local_exit_of<R, std::decay_t<F>>>(std::forward<F>(f));
    const std::lock_guard lock(mutex_);
    demand_open();
    if (exit_)
      throw has_exit_function();
    exit_ = made;
    return exit_results<R>(made->record());
  }

  /// What no worker has begun ends as cancelled. What is running cannot be stopped.
  void terminate() {
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
  void join() {
    const std::lock_guard lock(join_mutex_);
    for (auto& each : threads_)
      if (each.joinable())
        each.join();
    if (exit_)
      exit_->finish();
    timeline_.close();
  }

private:
  static constexpr std::size_t parcels_per_worker = 16;

  void serve(int id, initialize_ref initialize) {
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

  void run_parcel(std::unique_lock<std::mutex>& lock, work_meter& meter) {
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

  void work_in_call(std::unique_lock<std::mutex>& lock, work_meter& meter) {
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

  void run_and_report(indexed_call& call, const std::function<void(const progress&)>& to) {
    progress_reporter reporter(to);
    call.count_items();
    enter(call);
    try {
      while (!call.wait_until(reporter.due()))
        reporter.report(call.ended_items(), call.failed_items(), call.size());
      reporter.report_end(call.size(), call.failed_items() + (call.size() - call.ended_items()));
    } catch (...) {
      abandon(call);
      throw;
    }
  }

  // What has not begun is not run; what has begun is waited for.
  void abandon(indexed_call& call) {
    {
      const std::lock_guard lock(mutex_);
      call.cancel(call_was_abandoned());
      std::erase(indexed_, &call);
      std::erase_if(calls_, [&](indexed_call* each) { return each == &call && finished(call); });
      count_waiting();
    }
    call.wait();
  }

  // Whether that is so; the call may then be gone.
  static bool finished(indexed_call& call) {
    if (call.workers_inside != 0)
      return false;
    call.finish();
    return true;
  }

  // Lets workers into call.
  void enter(indexed_call& call) {
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

  // What is not running of it is not run.
  void stop(indexed_call& call) {
    const std::lock_guard lock(mutex_);
    call.stop();
    std::erase(indexed_, &call);
    if (const auto it = std::ranges::find(calls_, &call); it != calls_.end() && finished(call))
      calls_.erase(it);
    count_waiting();
  }

  static int priority_of(const std::shared_ptr<local_parcel>& p) noexcept { return p->priority(); }
  // The first of those of the highest priority.
  [[nodiscard]] std::vector<indexed_call*>::iterator next_call() {
    return std::ranges::max_element(indexed_, {}, [](const indexed_call* each) { return each->limits().priority; });
  }
  [[nodiscard]] bool is_before(const local_parcel& p, const indexed_call& call) const noexcept {
    const auto other = call.limits().priority;
    return p.priority() != other ? p.priority() > other : !parcel_is_next_;
  }

  [[nodiscard]] bool idle() const noexcept { return queue_.empty() && indexed_.empty(); }
  void count_waiting() { waiting_.store(queue_.size() + indexed_.size(), std::memory_order_relaxed); }

  void wake() override { changed_.notify_all(); }

  limits_of_calls limits_; // nothing is run again: a thread that an item keeps would only be joined by another

  // Guarded by mutex_.
  std::deque<std::shared_ptr<local_parcel>> queue_; // parcels that nobody has begun
  std::vector<local_parcel*> running_;              // those that somebody has
  std::vector<indexed_call*> indexed_;              // calls with items left, as far as is known
  std::vector<indexed_call*> calls_;                // these, and those with workers inside
  bool parcel_is_next_ = false;
  std::shared_ptr<local_exit> exit_;
  int starting_; // workers that the constructor still waits for

  // How many there are of both kinds; also read by workers in an indexed call: is theirs the only one?
  std::atomic<std::size_t> waiting_ = 0;

  timeline timeline_;
  std::deque<work_meter> meters_; // one for each worker
  std::mutex join_mutex_;
  std::vector<std::thread> threads_;
};
static_assert(engine<thread_engine>);

} // namespace crosspool::detail

#endif
