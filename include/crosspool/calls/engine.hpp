// The door between verbs and engines. A verb (map, apply, imap ...) makes a call and hands its items over in parcels;
// an engine (threads, worker processes, the ranks of a job, the caller himself) has them run. Neither knows of the
// other what is not said here. Behind each engine stands static_assert(engine<...>).
#ifndef CROSSPOOL_CALLS_ENGINE_HPP
#define CROSSPOOL_CALLS_ENGINE_HPP

#include <crosspool/broadcast.hpp>
#include <crosspool/calls/completion.hpp>
#include <crosspool/error.hpp>
#include <crosspool/exit_results.hpp>
#include <crosspool/options.hpp>
#include <crosspool/stats.hpp>

#include <concepts>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace CROSSPOOL_NAMESPACE::detail {

/// What every engine keeps in the same way: whether it takes calls. A call registers itself while it submits its
/// parcels, so that close() lets it finish. All public functions are thread-safe.
class engine_base {
public:
  engine_base() = default;
  engine_base(const engine_base&) = delete;
  engine_base& operator=(const engine_base&) = delete;

  /// A call begins to submit parcels. Throws pool_closed after close or terminate, or what made the pool fail.
  void begin_call() {
    const std::lock_guard lock(mutex_);
    demand_open();
    ++calls_;
  }
  /// It has submitted them all.
  void end_call() {
    const std::lock_guard lock(mutex_);
    if (--calls_ == 0 && closing_) // nobody else waits for that
      wake();
  }

  /// No more calls; those that have begun are finished.
  void close() {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    wake();
  }
  [[nodiscard]] bool closed() {
    const std::lock_guard lock(mutex_);
    return closing_;
  }

  /// Throws as begin_call does.
  void demand_open_now() {
    const std::lock_guard lock(mutex_);
    demand_open();
  }

protected:
  ~engine_base() = default;

  /// Makes who serves the engine look again. Called with mutex_ held.
  virtual void wake() = 0;

  // mutex_ is held where any of what follows is used.

  /// Throws if no call may begin.
  void demand_open() const {
    if (failure_)
      std::rethrow_exception(failure_);
    if (closing_)
      throw pool_closed("crosspool: the pool is closed");
  }
  /// Whether calls may still submit parcels.
  [[nodiscard]] bool expects_parcels() const noexcept { return !terminating_ && (!closing_ || calls_ != 0); }
  /// Keeps in `function` what each worker runs at its end. Throws if no call may begin, and crosspool::error if there
  /// is such a function already.
  template <class Exit, class Made> void set_exit_function(std::shared_ptr<Exit>& function, const Made& made) const {
    demand_open();
    if (function)
      throw error("crosspool: the pool has an exit function already");
    function = made;
  }
  /// What items end with that will not be run.
  [[nodiscard]] std::exception_ptr end_of_pool() const {
    return failure_ ? failure_ : std::make_exception_ptr(cancelled("crosspool: the pool was terminated"));
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t calls_ = 0; // that may still submit parcels
  bool closing_ = false;
  bool terminating_ = false;
  std::exception_ptr failure_; // why the pool came to its end, if by a failure
};

/// Stands for the task of any verb: a function, and what it is called with. An engine has a task<R, F, T...> of its
/// own, which makes parcels of items of types T for F, whose results are R.
struct any_task {
  using parcel_type = parcel;
};

/// What a verb asks of an engine.
///
/// A call is opened: new_completion<attended> makes the state that the caller and the workers share (attended: the
/// caller waits), within begin_call and end_call of engine_base. Its items go in parcels: parcel_sizes says how many
/// items the next is to have, start_parcel makes an empty one of the task's type, to which the verb adds items, up to
/// some parcel_bytes, and submit takes it over, which has them run and tells the call of their ends. submit waits while
/// there is enough to do, if somebody (by) waits for the call, and is false if it is no use to submit more. The
/// driver's part is called by who waits for the call: drive, cancel.
///
/// Beside calls: a value that all workers get once, a function that each runs at its end, the number of workers, what
/// they have done, and the ends: terminate is the hard one, close of engine_base the other, and join waits for either.
///
/// What an engine can do beyond, it says in constants: reads_in_place, whether its workers read the elements of a range
/// where they are while the caller waits (it then has run); outlives_calls, whether an item that nobody can stop may
/// outlast its call (it then says by timeout whether a call's items can).
template <class E>
concept engine = std::derived_from<E, engine_base> && std::derived_from<E, driver> &&
                 requires(E& e, const E& constant, const call_options& o, std::size_t n, std::string_view verb,
                          const any_task& task, const std::shared_ptr<completion>& call, collector* by,
                          std::shared_ptr<typename E::parcel_type> p, int (*at_end)(), const std::string& path) {
                   { e.template new_completion<true>(o) } -> std::same_as<std::shared_ptr<completion>>;
                   { e.parcel_sizes(n, n).next(*call, n) } -> std::same_as<std::size_t>;
                   { constant.start_parcel(task, call, verb, n, n, n) } -> std::same_as<std::shared_ptr<parcel>>;
                   { E::parcel_bytes } -> std::convertible_to<std::size_t>;
                   { e.submit(p, by) } -> std::same_as<bool>;
                   { e.template broadcast<int>(1) } -> std::same_as<broadcasted<int>>;
                   { e.template at_exit<int>(at_end) } -> std::same_as<exit_results<int>>;
                   { constant.workers() } -> std::same_as<int>;
                   { e.stats() } -> std::same_as<pool_stats>;
                   e.trace_to(path);
                   e.stop_trace();
                   e.terminate();
                   e.join();
                   { E::reads_in_place } -> std::convertible_to<bool>;
                   { E::outlives_calls } -> std::convertible_to<bool>;
                 } &&
                 std::derived_from<typename E::parcel_type, parcel> &&
                 (!E::outlives_calls || requires(const E& e, const call_options& o) { e.timeout(o).count(); });

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
