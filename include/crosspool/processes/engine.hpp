// The program's side of a process pool. Whoever waits for a call drives the pool meanwhile: gathers replies, deals out
// items and sleeps until a worker rings. A service thread does that where nobody waits; it alone starts workers, sees
// how they end and replaces them. Each worker has a queue of its own and no lock is shared with it, so that it can end
// at any instruction. The user's code runs only in the threads of those who wait, and without the lock.
#ifndef CROSSPOOL_PROCESSES_ENGINE_HPP
#define CROSSPOOL_PROCESSES_ENGINE_HPP

#include <crosspool/calls/engine.hpp>
#include <crosspool/calls/parcel_sizes.hpp>
#include <crosspool/options.hpp>
#include <crosspool/os/process.hpp>
#include <crosspool/os/waiting.hpp>
#include <crosspool/processes/employer.hpp>
#include <crosspool/processes/worker_source.hpp>
#include <crosspool/wire/broadcast_message.hpp>
#include <crosspool/wire/exit_function.hpp>
#include <crosspool/wire/task.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

class crew;
class dispatcher;
struct timeline_event;

class process_engine final : public engine_base, private employer {
public:
  template <class R, class F, class... T> using task = remote_task<R, F, T...>;
  using parcel_type = remote_parcel;
  static constexpr bool reads_in_place = false;
  static constexpr bool outlives_calls = false;

  /// Starts all workers and waits until their initializers have run. setup is sent to each, if not null.
  /// Throws start_failed; nothing that was started is left then.
  process_engine(const options& o, std::unique_ptr<worker_source> source, std::shared_ptr<const bytes> setup);
  CROSSPOOL_INLINE ~process_engine() override;

  [[nodiscard]] int workers() const noexcept { return workers_; }
  [[nodiscard]] pool_stats stats();
  void trace_to(const std::string& path);
  void trace_to(std::function<void(const timeline_event&)> to);
  void stop_trace();

  [[nodiscard]] paced_parcels parcel_sizes(std::size_t chunksize, std::size_t total) const {
    return {chunksize, total, static_cast<std::size_t>(workers())};
  }
  template <class Task>
  std::shared_ptr<typename Task::parcel_type> start_parcel(const Task& of, const std::shared_ptr<completion>& home,
                                                           std::string_view verb, std::size_t first,
                                                           std::size_t chunksize, std::size_t size) const {
    return of.start_parcel(home, verb, first, requests_, size, chunksize);
  }
  /// More bytes are not worth putting into one parcel.
  static constexpr std::size_t parcel_bytes = std::size_t{1} << 17U;

  /// Takes p over, between begin_call and end_call. by: who adds and waits for the call, or null if nobody does; it
  /// then waits here while there is enough to do for the workers. False if the pool has been terminated or has failed
  /// meanwhile: p's items have ended then, and it is no use to submit more.
  bool submit(std::shared_ptr<remote_parcel> p, collector* by);

  CROSSPOOL_INLINE void drive(completion& until, clock::time_point deadline, collector* to) override;

  CROSSPOOL_INLINE void cancel(completion& call) override;

  /// The items of an abandoned call that nobody has begun end so. Those that run are finished.
  void drop_rest(completion& call);

  /// Takes a parcel that was submitted back, if nobody has begun it. Whether it has: the engine knows it no more then.
  bool take_back(const remote_parcel& p);

  /// Where requests lie.
  [[nodiscard]] const std::shared_ptr<arena>& requests() const noexcept { return requests_; }

  /// Once for all workers. Throws pool_closed, and what encoding value throws.
  template <class T> broadcasted<T> broadcast(const T& value) {
    demand_open_now();
    const auto message = std::make_shared<const broadcast_message>(requests_, value);
    return broadcasted<T>(message->place(), message);
  }

  /// Each worker that ends in order from now on runs f before. Throws pool_closed, crosspool::error if there is such a
  /// function already, and what encoding f throws.
  template <class R, class F> exit_results<R> at_exit(F&& f) {
    auto made = std::make_shared<remote_exit_of<R, std::decay_t<F>>>(requests_, f);
    at_exit(made);
    return exit_results<R>(made->record());
  }
  void at_exit(const std::shared_ptr<remote_exit>& made);

  CROSSPOOL_INLINE void attend_to_subscribed() override;

  void terminate();
  /// Waits until all workers have ended, and on_output has had all that they have printed. After close or terminate.
  void join();

private:
  // Who is in drive() and has the seat: gathers, deals, and waits for the bell, for all.
  enum class seat { free, taken, asleep };
  // Whether the service thread listens to the bell, where nobody drives; called: it has been woken to do that.
  enum class watch { off, called, on };

  // The time that a thread spends in drive(). Whoever leaves hands over to another that waits, or to the service
  // thread.
  class visit : detail::not_copied {
  public:
    visit(process_engine& to, std::unique_lock<std::mutex>& lock, completion& until);
    ~visit();

  private:
    process_engine& engine_;
    std::unique_lock<std::mutex>& lock_;
    completion& until_;
  };

  void wake() override { wake_.give(); }

  // ---- the crew's employer ----

  [[nodiscard]] CROSSPOOL_INLINE bool expects_work() const override;
  [[nodiscard]] bool is_terminating() const override { return terminating_; }
  CROSSPOOL_INLINE void tell_those_who_wait() override;
  CROSSPOOL_INLINE void give_up(const std::exception_ptr& why) override;

  // ---- cancelling ----

  // What nobody has begun of this call ends with why. The workers that are at an item of it.
  std::vector<std::size_t> end_unbegun(const completion& call, const std::exception_ptr& why);

  // ---- driving ----

  template <class Done>
  void drive(std::unique_lock<std::mutex>& lock, completion& until, clock::time_point deadline, collector* to,
             Done done);

  [[nodiscard]] bool is_driven() const noexcept { return seat_ != seat::free; }

  // Whether somebody has to look after the workers though nobody drives. In the end they are to be done even with what
  // has been taken back from them, which is no call's any more.
  [[nodiscard]] bool needs_service() const;

  // Whoever sleeps until a worker rings has planned for what there was then.
  void plan_anew();

  // Takes what has come and gives what there is to do. Whether anything had come.
  bool pump();

  // Returns when there is something for pump() to do, the call is done, or the time has come. Looks for a while before
  // it sleeps, where that can be expected to pay.
  template <class Done>
  void wait_for_workers(std::unique_lock<std::mutex>& lock, clock::time_point deadline, const Done& done);

  [[nodiscard]] bool something_to_do() const;

  // The service thread is to look when an item may have had its time.
  void look_in_time();

  static int timeout_until(clock::time_point when);

  // ---- the service thread ----

  void serve();
  // Decides what is to be done next; false when nothing is left to serve.
  bool decide();
  // Items that have had their time are stopped.
  void check_time();
  void wait_for_something(std::unique_lock<std::mutex>& lock);

  const int workers_;
  const bool recycles_; // workers that have run enough
  const std::shared_ptr<arena> requests_;
  const wake_up wake_; // of the service thread
  const wake_up bell_; // of whoever waits for workers

  std::vector<::pollfd> polled_; // the service thread's own

  // Guarded by mutex_.
  std::unique_ptr<dispatcher> dispatcher_;
  std::unique_ptr<crew> crew_;
  clock::time_point looks_at_ = clock::time_point::min(); // when the service thread looks at the time, at the latest
  std::size_t waiting_ = 0;                               // threads in drive()
  seat seat_ = seat::free;
  watch watch_ = watch::off;
  spin_budget spinner_; // used by who has the seat

  std::mutex join_mutex_;
  std::thread service_; // last: it uses all the others
};
static_assert(engine<process_engine>);

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/processes/engine.ipp>
#endif

#endif
