// The door between verbs and engines. A verb (map, apply, imap ...) makes a call and hands its items over in parcels;
// an engine (threads, worker processes, the ranks of a job, the caller himself) has them run. Neither knows of the
// other what is not said here. Behind each engine stands static_assert(engine<...>).
#ifndef CROSSPOOL_CALLS_ENGINE_HPP
#define CROSSPOOL_CALLS_ENGINE_HPP

#include <crosspool/broadcast.hpp>
#include <crosspool/calls/completion.hpp>
#include <crosspool/calls/limits.hpp>
#include <crosspool/error.hpp>
#include <crosspool/exit_results.hpp>
#include <crosspool/options.hpp>
#include <crosspool/stats.hpp>

#include <chrono>
#include <concepts>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace CROSSPOOL_NAMESPACE::detail {

/// What every engine keeps in the same way: whether it takes calls, and how they begin. A call registers itself while
/// it submits its parcels, so that close() lets it finish. All public functions are thread-safe.
class engine_base : public driver, public std::enable_shared_from_this<engine_base> {
public:
  /// A call begins to submit parcels. Throws pool_closed after close or terminate, or what made the pool fail.
  void begin_call();
  /// It has submitted them all.
  void end_call();

  /// What a call and its workers share. attended: the caller waits for it.
  [[nodiscard]] std::shared_ptr<completion> new_completion(const call_options& o, bool attended);
  /// How long one item of a call may run; zero: as long as it likes.
  [[nodiscard]] std::chrono::milliseconds timeout(const call_options& o = {}) const noexcept {
    return limits_.timeout(o);
  }

  /// No more calls; those that have begun are finished.
  void close();
  [[nodiscard]] bool closed();

  /// Throws as begin_call does.
  void demand_open_now();

protected:
  /// runs_again: whether an item that was lost can be run once more.
  engine_base(const options& o, bool runs_again) : limits_(o, runs_again) {}
  CROSSPOOL_INLINE ~engine_base() override;

  /// Makes who serves the engine look again. Called with mutex_ held.
  virtual void wake() = 0;

  // mutex_ is held where any of what follows is used.

  /// Throws if no call may begin.
  void demand_open() const;
  /// Whether calls may still submit parcels.
  [[nodiscard]] bool expects_parcels() const noexcept { return !terminating_ && (!closing_ || calls_ != 0); }
  /// Keeps in `function` what each worker runs at its end. Throws if no call may begin, and crosspool::error if there
  /// is such a function already.
  template <class Exit, class Made> void set_exit_function(std::shared_ptr<Exit>& function, const Made& made) const {
    demand_no_exit_function(function != nullptr);
    function = made;
  }
  /// What items end with that will not be run.
  [[nodiscard]] std::exception_ptr end_of_pool() const;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t calls_ = 0; // that may still submit parcels
  bool closing_ = false;
  bool terminating_ = false;
  std::exception_ptr failure_; // why the pool came to its end, if by a failure

private:
  void demand_no_exit_function(bool there_is_one) const;

  limits_of_calls limits_;
};

/// Stands for the task of any verb: a function, and what it is called with. An engine has a task<R, F, T...> of its
/// own, which makes parcels of items of types T for F, whose results are R.
struct any_task {
  using parcel_type = parcel;
};

/// What a verb asks of an engine.
///
/// A call is opened by new_completion, within begin_call and end_call of engine_base. Its items go in parcels:
/// parcel_sizes says how many items the next is to have, start_parcel makes an empty one of the task's type, to which
/// the verb adds items, up to some parcel_bytes, and submit takes it over, which has them run and tells the call of
/// their ends. submit waits while there is enough to do, if somebody (by) waits for the call, and is false if it is no
/// use to submit more. The driver's part is called by who waits for the call: drive, cancel.
///
/// Beside calls: a value that all workers get once, a function that each runs at its end, the number of workers, what
/// they have done, and the ends: terminate is the hard one, close of engine_base the other, and join waits for either.
///
/// What an engine can do beyond, it says in constants: reads_in_place, whether its workers read the elements of a range
/// where they are while the caller waits (it then has run); outlives_calls, whether an item that nobody can stop may
/// outlast its call, where there is a timeout.
template <class E>
concept engine = std::derived_from<E, engine_base> &&
                 requires(E& e, const E& constant, std::size_t n, std::string_view verb, const any_task& task,
                          const std::shared_ptr<completion>& call, collector* by,
                          std::shared_ptr<typename E::parcel_type> p, int (*at_end)(), const std::string& path) {
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
                 std::derived_from<typename E::parcel_type, parcel>;

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/calls/engine.ipp>
#endif

#endif
