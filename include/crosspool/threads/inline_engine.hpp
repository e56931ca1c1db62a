// The engine without workers: the thread that calls runs the tasks, one after the other.
#ifndef CROSSPOOL_THREADS_INLINE_ENGINE_HPP
#define CROSSPOOL_THREADS_INLINE_ENGINE_HPP

#include <crosspool/broadcast.hpp>
#include <crosspool/calls/completion.hpp>
#include <crosspool/calls/engine.hpp>
#include <crosspool/calls/initializer.hpp>
#include <crosspool/calls/parcel_sizes.hpp>
#include <crosspool/calls/timeline.hpp>
#include <crosspool/calls/worker_state.hpp>
#include <crosspool/exit_results.hpp>
#include <crosspool/options.hpp>
#include <crosspool/stats.hpp>
#include <crosspool/this_worker.hpp>
#include <crosspool/threads/meter.hpp>
#include <crosspool/threads/task.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

/// Items as a thread gets them: as they are.
class handed_over {
public:
  template <class R, class F, class... T> using task = local_task<R, F, T...>;
  using parcel_type = local_parcel;
  static constexpr bool outlives_calls = true; // its late items end as a thread's do
  static constexpr std::size_t parcel_bytes = 1;

  template <class Task>
  std::shared_ptr<typename Task::parcel_type> start_parcel(const Task& of, const std::shared_ptr<completion>& home,
                                                           std::string_view verb, std::size_t first,
                                                           std::size_t /*size*/) const {
    return of.start_parcel(home, verb, first);
  }
  template <class T, class Value> static broadcasted<T> broadcast(Value&& value) {
    return broadcasted<T>(std::make_shared<const T>(std::forward<Value>(value)));
  }
  template <class R, class F> static auto make_exit(F&& f, std::chrono::milliseconds /*timeout*/) {
    return std::make_shared<local_exit_of<R, std::decay_t<F>>>(std::forward<F>(f));
  }

  class worker {
  public:
    explicit worker(const handed_over& /*of*/) {}
    void give(std::shared_ptr<local_parcel> p) { parcel_ = std::move(p); }
    void run() noexcept { parcel_->run(meter_); }
    bool take() {
      parcel_.reset();
      return true;
    }
    static void add_bytes_to(worker_stats& /*all*/) noexcept {} // nothing is sent
    void cancel(const completion* call, const std::exception_ptr& /*why*/) {
      if (call == nullptr || &parcel_->home() == call)
        parcel_->home().abandon();
    }

  private:
    std::shared_ptr<local_parcel> parcel_;
    timeline none_;
    work_meter meter_{0, none_}; // which nobody reads: the engine has its own numbers
  };
};

/// Way: how items get to what stands in for a worker, and back. Each parcel that is being run has such a worker to
/// itself, as a task may call the pool that runs it, and other threads may, too.
template <class Way> class inline_engine final : public engine_base {
  using worker = typename Way::worker;

public:
  template <class R, class F, class... T> using task = typename Way::template task<R, F, T...>;
  using parcel_type = typename Way::parcel_type;
  static constexpr bool reads_in_place = false;
  static constexpr bool outlives_calls = Way::outlives_calls;

  /// Throws start_failed.
  inline_engine(const options& o, initialize_ref initialize) : engine_base(o, false) {
    const as_worker here(nullptr);
    const auto failure = detail::failure_of_initializer(0, initialize);
    state_.reset(state_here);
    if (failure)
      std::rethrow_exception(failure);
  }

  [[nodiscard]] static int workers() noexcept { return 1; }

  /// A parcel is measured as a whole.
  [[nodiscard]] pool_stats stats() {
    const std::lock_guard lock(mutex_);
    auto all = past_;
    all.busy = at_work_.total();
    all.waiting = clock::now() - made_ - all.busy;
    for (const auto& each : all_)
      each->add_bytes_to(all);
    return {{all}, slowest_.list()};
  }
  void trace_to(const std::string& path) { timeline_.start(path, workers()); }
  void stop_trace() { timeline_.stop(); }

  [[nodiscard]] static even_parcels parcel_sizes(std::size_t chunksize, std::size_t total) {
    return {chunksize, total, 1};
  }
  template <class Task>
  std::shared_ptr<typename Task::parcel_type> start_parcel(const Task& of, const std::shared_ptr<completion>& home,
                                                           std::string_view verb, std::size_t first,
                                                           std::size_t /*chunksize*/, std::size_t size) const {
    return way_.start_parcel(of, home, verb, first, size);
  }
  static constexpr std::size_t parcel_bytes = Way::parcel_bytes;

  /// Runs p, between begin_call and end_call. by: who adds and waits for the call, or null. False if the pool had been
  /// terminated or the call was over: p's items have ended as cancelled then, and it is no use to submit more.
  bool submit(std::shared_ptr<parcel_type> p, collector* by) {
    std::unique_lock lock(mutex_);
    auto* const with = begin(p);
    if (with == nullptr)
      return !terminating_ && !p->abandoned();
    lock.unlock();
    const auto begun = clock::now();
    {
      const as_worker here(state_.get());
      with->run();
    }
    const auto ended = clock::now();
    lock.lock();
    note(*p, begun, ended);
    end(with);
    lock.unlock();
    if (by != nullptr)
      by->collect();
    return true;
  }

  void drive(completion& until, clock::time_point deadline, collector* /*to*/) override {
    until.sleep_until(deadline); // whoever made the call brings it home
  }

  void cancel(completion& call) override {
    const std::lock_guard lock(mutex_);
    for (const auto& each : busy_)
      each.with->cancel(&call, call_was_cancelled());
  }

  /// Throws pool_closed, and what encoding value throws.
  template <class T, class Value> broadcasted<T> broadcast(Value&& value) {
    demand_open_now();
    return way_.template broadcast<T>(std::forward<Value>(value));
  }

  /// join() runs f, unless the pool is terminated. Throws pool_closed, crosspool::error if there is such a function
  /// already, and what encoding f throws.
  template <class R, class F> exit_results<R> at_exit(F&& f) {
    auto made = way_.template make_exit<R>(std::forward<F>(f), timeout());
    const std::lock_guard lock(mutex_);
    set_exit_function(exit_, made);
    return exit_results<R>(made->record());
  }

  /// What is not running yet ends as cancelled. The items that run are finished.
  void terminate() {
    const std::lock_guard lock(mutex_);
    closing_ = terminating_ = true;
    for (const auto& each : busy_)
      each.with->cancel(nullptr, end_of_pool());
    wake();
  }
  /// Waits for the calls of other threads; then the worker ends here. Throws crosspool::error in a task or the exit
  /// function of this pool.
  void join() {
    std::unique_lock lock(mutex_);
    const auto here = std::this_thread::get_id();
    if (leaves_in_ == here || std::ranges::any_of(busy_, [&](const work& each) { return each.in == here; }))
      throw error("crosspool: join() in a task of an inline pool would wait for the task itself");
    changed_.wait(lock, [&] { return calls_ == 0 && leaves_in_ == std::thread::id(); });
    if (std::exchange(has_left_, true))
      return;
    leaves_in_ = here;
    const bool in_order = !terminating_;
    lock.unlock();
    leave(in_order);
    lock.lock();
    leaves_in_ = {};
    wake();
  }

private:
  // This thread is the worker meanwhile, with its state.
  class as_worker : detail::not_copied {
  public:
    explicit as_worker(kept_state* state) : state_before_(std::exchange(state_here, state)) {}
    ~as_worker() {
      worker_of_thread = before_;
      state_here = state_before_;
    }

  private:
    int before_ = std::exchange(worker_of_thread, 0);
    kept_state* state_before_;
  };
  struct work {
    worker* with;
    std::thread::id in;
  };

  // What a worker does at its end.
  void leave(bool in_order) noexcept {
    {
      const as_worker here(state_.get());
      if (exit_ && in_order)
        exit_->run(0);
      state_.reset();
    }
    if (exit_)
      exit_->finish();
    timeline_.close();
  }

  // The worker that is to run p; null if none can: p has ended then.
  worker* begin(const std::shared_ptr<parcel_type>& p) {
    try {
      if (terminating_)
        std::rethrow_exception(end_of_pool());
      if (p->abandoned())
        std::rethrow_exception(call_was_abandoned());
      if (idle_.empty()) {
        all_.push_back(std::make_unique<worker>(way_));
        busy_.reserve(all_.size()); // for good: end() must not fail
        idle_.reserve(all_.size());
        idle_.push_back(all_.back().get());
      }
      if (busy_.empty())
        at_work_.start();
      busy_.push_back({idle_.back(), std::this_thread::get_id()});
      idle_.pop_back();
    } catch (...) {
      p->fail(std::current_exception());
      return nullptr;
    }
    auto* const with = busy_.back().with;
    with->give(p);
    return with;
  }
  void end(worker* with) {
    std::erase_if(busy_, [&](const work& each) { return each.with == with; });
    if (busy_.empty())
      at_work_.stop();
    if (with->take())
      idle_.push_back(with);
    else {
      with->add_bytes_to(past_);
      std::erase_if(all_, [&](const auto& each) { return each.get() == with; });
    }
  }

  void note(const parcel_type& p, clock::time_point begun, clock::time_point ended) {
    const auto first = p.index_for_caller(0), count = p.index_for_caller(p.size()) - first;
    past_.tasks += count;
    slowest_.add({p.verb(), first, count, ended - begun, 0});
    if (timeline_.is_on())
      timeline_.slice(0, p.verb(), first, count, begun, ended);
  }

  void wake() override { changed_.notify_all(); }

  const clock::time_point made_ = clock::now();
  const Way way_{};
  std::unique_ptr<kept_state> state_; // of several threads that call at once, none has it to itself

  // Guarded by mutex_.
  std::vector<std::unique_ptr<worker>> all_;
  std::vector<worker*> idle_;
  std::vector<work> busy_;
  std::shared_ptr<local_exit> exit_;
  std::thread::id leaves_in_; // the thread that is at the worker's end
  bool has_left_ = false;
  worker_stats past_; // tasks, and the bytes of workers that are no more
  stopwatch at_work_; // while anything is busy, be it several calls at once
  slowest_items slowest_;

  timeline timeline_;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
