// pool<Policy>: the verbs. A verb checks the call, cuts the items into parcels, hands them to the policy's engine and
// collects what comes home. Which policy it is, it never asks: the boundary table says what to do.
#ifndef CROSSPOOL_POOL_HPP
#define CROSSPOOL_POOL_HPP

#include <crosspool/broadcast.hpp>
#include <crosspool/exit_results.hpp>
#include <crosspool/future.hpp>
#include <crosspool/mappable.hpp>
#include <crosspool/options.hpp>
#include <crosspool/policy.hpp>
#include <crosspool/stats.hpp>
#include <crosspool/this_worker.hpp>
#include <crosspool/verbs/verbs.hpp>

#include <memory>
#include <new>
#include <string>
#include <type_traits>
#include <utility>

namespace CROSSPOOL_NAMESPACE {

template <policy P, class State = void> class pool;

namespace detail {

// The policy as the verbs of a pool<P, State> see it.
template <class P, class State>
using policy_of = std::conditional_t<std::is_void_v<State>, P, stateful<P, State>>;

// What with() returns: the pool's verbs, with options.
template <policy P, class State> class configured : public verbs<configured<P, State>, policy_of<P, State>> {
  friend class verbs<configured, policy_of<P, State>>;

public:
  configured(const pool<P, State>& of, const call_options& o) : pool_(of), options_(o) {}

private:
  typename P::engine& engine() const { return pool_.engine(); }
  [[nodiscard]] const call_options& options_of_call() const noexcept { return options_; }

  const pool<P, State>& pool_;
  call_options options_;
};

// What Init leaves in a worker.
template <class P, class Init, class... Args>
using state_from =
    std::remove_cvref_t<initializer_result<initializer_called_as<P, Init>, initializer_gets<P, Args>...>>;

struct no_initializer {
  void operator()() const noexcept {}
};

} // namespace detail

/// A pool of workers, of one policy. The destructor closes and joins. All functions but the destructor are thread-safe.
/// State: what the initializer returns in each worker and what stays there, or void, where nobody asks for it. Where it
/// is deduced, as in crosspool::pool pool{crosspool::fork{}, 4, load_model, path}, a task whose first parameter is a
/// reference to it (const or not) gets it, before the items: [](Model& model, const Query& query) { … }. A task that
/// can be called with the items alone does not. State is made in the worker and ends there, when the worker ends in
/// order, so it need not cross, nor be movable; each thread of a thread pool has one of its own.
template <policy P, class State>
class pool : public detail::verbs<pool<P, State>, detail::policy_of<P, State>>, public detail::pool_or_future {
  using policy_type = detail::policy_of<P, State>;
  using base = detail::verbs<pool, policy_type>;
  friend base;
  friend class detail::configured<P, State>;

public:
  /// available_cpus() workers, no initializer.
  pool() : pool(options{}) {}

  /// workers: at least 1, else std::invalid_argument. initialize(args…) runs once in each worker, and how it gets args
  /// is the boundary table's: shared (thread), inherited (fork) or serialized (spawn). They are passed as lvalues if it
  /// takes those, else as rvalues.
  /// Throws start_failed when a worker cannot be started or its initializer throws or dies.
  explicit pool(int workers) : pool(options{.workers = workers}) {}
  explicit pool(const options& o) : pool(o, detail::no_initializer{}) {}
  template <class Init, class... Args>
  pool(int workers, Init&& initialize, Args&&... args)
      : engine_(start({.workers = workers}, std::forward<Init>(initialize), std::forward<Args>(args)...)) {}
  template <class Init, class... Args>
  pool(const options& o, Init&& initialize, Args&&... args)
      : engine_(start(o, std::forward<Init>(initialize), std::forward<Args>(args)...)) {}
  /// The same, behind the policy that is deduced.
  explicit pool(std::type_identity_t<P>) : pool() {}
  pool(std::type_identity_t<P>, int workers) : pool(workers) {}
  pool(std::type_identity_t<P>, const options& o) : pool(o) {}
  template <class Init, class... Args>
  pool(std::type_identity_t<P>, int workers, Init&& initialize, Args&&... args)
      : engine_(start({.workers = workers}, std::forward<Init>(initialize), std::forward<Args>(args)...)) {}
  template <class Init, class... Args>
  pool(std::type_identity_t<P>, const options& o, Init&& initialize, Args&&... args)
      : engine_(start(o, std::forward<Init>(initialize), std::forward<Args>(args)...)) {}
  pool(const pool&) = delete;
  pool& operator=(const pool&) = delete;
  ~pool() {
    if (is_copy()) // its workers are not this process's to end, and its threads are not here
      static_cast<void>(new (std::nothrow) std::shared_ptr(engine_));
    else { // futures may keep the engine itself for longer
      engine_->close();
      join(*engine_);
    }
  }

  /// The verbs, with options for the one call: pool.with({.chunksize = 64}).map(f, xs). Throws std::invalid_argument
  /// that names the option.
  [[nodiscard]] detail::configured<P, State> with(const call_options& o) { return {*this, detail::checked(o)}; }

  /// A handle to value for tasks to take, which workers read as *handle. Workers that are processes read it once, from
  /// memory that they share; threads share the value, which is copied or moved to be kept. Where tasks are given the
  /// value itself, it is sent with each. Throws pool_closed.
  template <class Value> auto broadcast(Value&& value) -> broadcasted<detail::carried_t<Value>> {
    using T = detail::carried_t<Value>;
    if constexpr (P::arguments == crossing::shared)
      return engine().template broadcast<T>(detail::forward_carried<Value>(value));
    else if constexpr (crossable<T>) {
      static_assert(decltype(detail::inspect(detail::classes_at<fault::broadcast_value, T>{}))::value);
      return engine().template broadcast<T>(detail::as_carried(value));
    } else {
      static_cast<void>(sizeof(detail::refusal<fault::broadcast_value, T>));
      return {};
    }
  }

  /// f() runs once in each worker that ends in order from now on: after close(), and before a worker is replaced for
  /// having run or grown enough; not where the pool is terminated or the worker dies. It may take the state. It may run
  /// for as long as options.task_timeout allows an item, and ends with what an item would end with. One for a pool: a
  /// second throws crosspool::error. Throws pool_closed.
  template <class F> auto at_exit(F&& f) -> exit_results<detail::result_or_refused<policy_type, F>> {
    using R = detail::result_or_refused<policy_type, F>;
    if constexpr (mappable<policy_type, F>) {
      static_assert(decltype(detail::inspect(detail::classes_of_call<policy_type, fault::apply_argument, F>{}))::value);
      return engine().template at_exit<R>(detail::for_worker<policy_type, false>(std::forward<F>(f)));
    } else {
      static_cast<void>(sizeof(detail::fault_of_call<policy_type, fault::apply_argument, F>));
      return {};
    }
  }

  [[nodiscard]] int workers() const noexcept { return engine_->workers(); }

  /// What the workers have done so far, and the slowest items of all calls. At any time, also after join(). Of a worker
  /// process, what has come home counts: it is complete when the calls have been waited for.
  [[nodiscard]] pool_stats stats() const { return engine().stats(); }

  /// From now on, and until stop_trace() or join(), writes what each worker does when to this file, in the Chrome trace
  /// event format that Perfetto and chrome://tracing open: a row a worker, a slice for items that it ran one after the
  /// other, a mark where one died or had its time. Ends the file before as stop_trace() does. Throws crosspool::error
  /// if the file cannot be written, pool_closed after join(). What is traced is slowed down a little, very short items
  /// more.
  void trace_to(const std::string& path) { engine().trace_to(path); }
  /// Ends the file, if there is one; also after join(). Throws crosspool::error if not all of it could be written: the
  /// calls know nothing of that.
  void stop_trace() { engine().stop_trace(); }

  /// No more calls; those under way are finished.
  void close() { engine().close(); }
  /// Ends the pool at once: what is queued ends as cancelled, processes are killed. A thread finishes what it is at: an
  /// item or a few.
  void terminate() { engine().terminate(); }
  /// Waits until all workers have ended, and what then() or a coroutine does about its calls; within such, only for
  /// the workers. After close() or terminate(): throws crosspool::error otherwise.
  void join() {
    if (!engine().closed())
      throw error("crosspool: join() comes after close() or terminate()");
    join(engine());
  }

private:
  static void join(typename P::engine& engine) {
    engine.join();
    detail::continuation_queue::of_process().wait_for_all_of(engine);
  }
  template <class Init, class... Args> static auto start(const options& o, Init&& initialize, Args&&... args) {
    if constexpr (detail::initializable<P, Init, Args...>) {
      static_assert(decltype(detail::inspect(detail::classes_of_initializer<P, Init, Args...>{}))::value);
      if constexpr (std::is_void_v<State>)
        return P::start(detail::checked(o), std::forward<Init>(initialize), std::forward<Args>(args)...);
      else {
        static_assert(std::is_same_v<State, detail::state_from<P, Init, Args...>>,
                      "crosspool: the initializer must return what the pool's State is");
        using held = std::conditional_t<P::initializer == crossing::serialized, std::decay_t<Init>,
                                        std::remove_reference_t<Init>&>;
        return P::start(detail::checked(o), detail::keeping_initializer<State, held>(initialize),
                        std::forward<Args>(args)...);
      }
    } else {
      static_cast<void>(sizeof(detail::initializer_fault<P, Init, Args...>));
      return std::unique_ptr<typename P::engine>();
    }
  }

  // Throws pool_closed in a process that was forked from the one that made the pool: it has a copy of the object only.
  typename P::engine& engine() const {
    if (is_copy())
      throw pool_closed("crosspool: this pool belongs to the process that made it, not to one forked from that");
    return *engine_;
  }
  [[nodiscard]] bool is_copy() const noexcept { return this_worker::pid() != owner_; }
  [[nodiscard]] call_options options_of_call() const noexcept { return {}; }

  int owner_ = this_worker::pid();
  std::shared_ptr<typename P::engine> engine_;
};

template <policy P> pool(P) -> pool<P>;
template <policy P> pool(P, int) -> pool<P>;
template <policy P> pool(P, const options&) -> pool<P>;
template <policy P, class Init, class... Args>
pool(P, int, Init&&, Args&&...) -> pool<P, detail::state_from<P, Init, Args...>>;
template <policy P, class Init, class... Args>
pool(P, const options&, Init&&, Args&&...) -> pool<P, detail::state_from<P, Init, Args...>>;

} // namespace CROSSPOOL_NAMESPACE

#endif
