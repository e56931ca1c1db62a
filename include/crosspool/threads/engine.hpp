// The engine whose workers are threads of the program: parcels wait in one queue, and calls on ranges that can be read
// by index let workers in without one.
#ifndef CROSSPOOL_THREADS_ENGINE_HPP
#define CROSSPOOL_THREADS_ENGINE_HPP

#include <crosspool/broadcast.hpp>
#include <crosspool/calls/engine.hpp>
#include <crosspool/calls/initializer.hpp>
#include <crosspool/calls/parcel_sizes.hpp>
#include <crosspool/calls/priority.hpp>
#include <crosspool/calls/worker_state.hpp>
#include <crosspool/exit_results.hpp>
#include <crosspool/options.hpp>
#include <crosspool/this_worker.hpp>
#include <crosspool/threads/indexed_call.hpp>
#include <crosspool/threads/meter.hpp>
#include <crosspool/threads/task.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

class thread_engine final : public engine_base {
public:
  template <class R, class F, class... T> using task = local_task<R, F, T...>;
  using parcel_type = local_parcel;
  static constexpr bool reads_in_place = true;
  static constexpr bool outlives_calls = true;

  /// Starts all workers and waits until initialize() has run in each. Throws start_failed; no thread is left then.
  thread_engine(const options& o, initialize_ref initialize);
  CROSSPOOL_INLINE ~thread_engine() override;

  [[nodiscard]] int workers() const noexcept { return static_cast<int>(threads_.size()); }
  [[nodiscard]] pool_stats stats();
  void trace_to(const std::string& path) { timeline_.start(path, workers()); }
  void stop_trace() { timeline_.stop(); }

  [[nodiscard]] even_parcels parcel_sizes(std::size_t chunksize, std::size_t total) const {
    return {chunksize, total, threads_.size()};
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
  bool submit(std::shared_ptr<local_parcel> p, collector* by);

  /// Calls f with arguments(0), … arguments(count - 1) and waits. Returns the results, or throws the error of the
  /// lowest item that failed; each_apart: returns the outcomes.
  template <class R, bool each_apart, class F, class Arguments>
  auto run(F& f, std::string_view verb, const call_options& o, std::size_t count, Arguments arguments) {
    const auto home = new_completion(o, true);
    indexed_call_of<R, each_apart, F, Arguments> call(home, verb, count, o.chunksize, f, std::move(arguments));
    detail::end_by(o.stop, home, false);
    run(call, home, o.progress);
    return call.results();
  }

  CROSSPOOL_INLINE void drive(completion& until, clock::time_point deadline, collector* /*to*/) override;

  CROSSPOOL_INLINE void cancel(completion& call) override;

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
    set_exit_function(exit_, made);
    return exit_results<R>(made->record());
  }

  /// What no worker has begun ends as cancelled. What is running cannot be stopped.
  void terminate();
  void join();

private:
  static constexpr std::size_t parcels_per_worker = 16;

  void serve(int id, initialize_ref initialize);

  void run_parcel(std::unique_lock<std::mutex>& lock, work_meter& meter);

  void work_in_call(std::unique_lock<std::mutex>& lock, work_meter& meter);

  // Lets workers into call and waits for it.
  void run(indexed_call& call, const std::shared_ptr<completion>& home, const std::function<void(const progress&)>& to);
  void enter(indexed_call& call);

  // Whether no worker is in it, nor will be; the call may then be gone.
  static bool finished(indexed_call& call);

  static int priority_of(const std::shared_ptr<local_parcel>& p) noexcept { return p->priority(); }
  // The first of those of the highest priority.
  [[nodiscard]] std::vector<indexed_call*>::iterator next_call();
  [[nodiscard]] bool is_before(const local_parcel& p, const indexed_call& call) const noexcept;

  [[nodiscard]] bool idle() const noexcept { return queue_.empty() && indexed_.empty(); }
  void count_waiting() { waiting_.store(queue_.size() + indexed_.size(), std::memory_order_relaxed); }

  void wake() override { changed_.notify_all(); }

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

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/threads/engine.ipp>
#endif

#endif
