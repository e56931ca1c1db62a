// The parent's side of a process pool. Whoever waits for a call drives the pool meanwhile: gathers replies, deals out
// items and sleeps until a worker rings. A service thread does that where nobody waits; it alone starts workers, sees
// how they end and replaces them. Each worker has a queue of its own and no lock is shared with it, so that it can end
// at any instruction. The user's code runs only in the threads of those who wait, and without the lock.
#ifndef CROSSPOOL_PROCESSES_ENGINE_HPP
#define CROSSPOOL_PROCESSES_ENGINE_HPP

#include <crosspool/calls/engine.hpp>
#include <crosspool/calls/limits.hpp>
#include <crosspool/calls/parcel_sizes.hpp>
#include <crosspool/options.hpp>
#include <crosspool/processes/dispatcher.hpp>
#include <crosspool/processes/output.hpp>
#include <crosspool/processes/worker_record.hpp>
#include <crosspool/processes/worker_source.hpp>
#include <crosspool/wire/broadcast_message.hpp>
#include <crosspool/wire/exit_function.hpp>
#include <crosspool/wire/handshake.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

class process_engine final : public engine_base, public driver, public std::enable_shared_from_this<process_engine> {
public:
  template <class R, class F, class... T> using task = remote_task<R, F, T...>;
  using parcel_type = remote_parcel;
  static constexpr bool reads_in_place = false;
  static constexpr bool outlives_calls = false;

  /// Starts all workers and waits until their initializers have run. setup is sent to each, if not null.
  /// Throws start_failed; nothing that was started is left then.
  process_engine(const options& o, std::unique_ptr<worker_source> source, std::shared_ptr<const bytes> setup);
  CROSSPOOL_INLINE ~process_engine() override;

  [[nodiscard]] int workers() const noexcept { return options_.workers; }
  [[nodiscard]] pool_stats stats();
  void trace_to(const std::string& path) { dispatcher_.log().trace().start(path, workers()); }
  void trace_to(std::function<void(const timeline_event&)> to) { dispatcher_.log().trace().start(std::move(to)); }
  void stop_trace() { dispatcher_.log().trace().stop(); }

  [[nodiscard]] paced_parcels parcel_sizes(std::size_t chunksize, std::size_t total) const {
    return {chunksize, total, slots_.size()};
  }
  template <bool attended> std::shared_ptr<completion> new_completion(const call_options& o) {
    return std::make_shared<completion>(shared_from_this(), attended, limits_.next(o));
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
  static constexpr std::chrono::hours longest_wait{24 * 7}; // what poll's timeout can hold
  void wake() override { wake_.give(); }

  // Whether parcels may still come or are there.
  [[nodiscard]] bool expects_work() const { return expects_parcels() || dispatcher_.queued() != 0; }

  using slot = worker_slot;
  [[nodiscard]] static std::size_t index_of(const slot& each) noexcept { return static_cast<std::size_t>(each.id); }
  [[nodiscard]] lane& lane_of(const slot& each) { return dispatcher_[index_of(each)]; }

  // ---- cancelling ----

  template <class IsAt> void take_back(const completion& call, const IsAt& is_at) {
    pump();
    dispatcher_.cancel(call, [](std::size_t) { return call_was_cancelled(); }, is_at);
  }
  // Whether no worker is at an item of this call when all others have been taken back.
  [[nodiscard]] bool has_ended(const completion& call);

  // ---- driving: by one thread at a time, which has the seat ----

  template <class Done>
  void drive(std::unique_lock<std::mutex>& lock, completion& until, clock::time_point deadline, collector* to,
             Done done) {
    if (pump() && driving_)
      bell_.give(); // it may have been what the one with the seat sleeps for
    if (done())
      return;
    const visit here(*this, lock, until);
    while (!done() && (deadline == clock::time_point::max() || clock::now() < deadline))
      if (driving_) {
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
          if (driving_ || done())
            continue;
        }
        driving_ = true;
        wait_for_workers(lock, deadline, done);
        pump();
        driving_ = false;
      }
  }

  // The time that a thread spends in drive(). Whoever leaves hands over to another that waits, or to the service
  // thread.
  class visit {
  public:
    visit(process_engine& to, std::unique_lock<std::mutex>& lock, completion& until);
    visit(const visit&) = delete;
    visit& operator=(const visit&) = delete;
    ~visit();

  private:
    process_engine& engine_;
    std::unique_lock<std::mutex>& lock_;
    completion& until_;
  };

  // Whether somebody has to look after the workers though nobody drives. In the end they are to be done even with what
  // has been taken back from them, which is no call's any more.
  [[nodiscard]] bool needs_service() const {
    return dispatcher_.unattended() != 0 || (closing_ && !dispatcher_.nothing_is_held());
  }

  // Whoever sleeps until a worker rings has planned for what there was then.
  void plan_anew();

  // Takes what has come and gives what there is to do. Whether anything had come.
  bool pump();

  // Returns when there is something for pump() to do, the call is done, or the time has come. Looks for a while before
  // it sleeps, where that can be expected to pay.
  template <class Done>
  void wait_for_workers(std::unique_lock<std::mutex>& lock, clock::time_point deadline, const Done& done) {
    dispatcher_.rebalance(false);
    if (const auto soonest = dispatcher_.plan();
        soonest < worth_spinning && !dispatcher_.at_work_on(this_processor())) {
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
    dispatcher_.rebalance(true);
    if (!done() && dispatcher_.arm()) {
      asleep_ = true;
      lock.unlock();
      ::pollfd polled{bell_.get(), POLLIN, 0};
      ::poll(&polled, 1, timeout_until(deadline));
      lock.lock();
      asleep_ = false;
      bell_.take();
    }
    dispatcher_.disarm();
  }
  // In nanoseconds, as far as is known: the first may be the time that the worker takes to wake up.
  static constexpr double sure_to_come = 20e3;
  static constexpr double worth_spinning = 100e3;

  [[nodiscard]] bool something_to_do() const;

  // The service thread is to look when an item may have had its time.
  void look_in_time();

  // The calls of those who wait may have come to their end otherwise than by a worker's reply.
  void tell_those_who_wait();

  static int timeout_until(clock::time_point when);

  // ---- the service thread ----

  void serve();

  // Decides what is to be done next; false when nothing is left to serve.
  bool decide();

  void take_what_came();

  void wait_for_something(std::unique_lock<std::mutex>& lock);

  // ---- starting and ending ----

  void start(slot& each);

  [[nodiscard]] clock::time_point start_deadline() const;

  void retire(slot& each);

  void handle(slot& each, const worker_source::event& event);

  void ended(slot& each, int status);

  // The item that the worker was at is lost with it. What it had not begun goes elsewhere.
  void fail(const slot& each, const assignment& running, int status);

  void vacate(slot& each);

  // While the pool is being made, a worker that cannot start fails the pool. Later it is tried again a few times, as
  // what was missing may come back; when no worker is left, the pool fails.
  void not_started(slot& each, const std::exception_ptr& why);
  static constexpr int most_failed_starts = 5;
  static constexpr std::chrono::milliseconds first_pause{10};

  void check_deadlines();

  void look_at_time();

  // The worker is to be stopped at the item that it is at; what it has not begun goes to others.
  void stop(slot& each, stop_reason why);
  void ask_to_end(slot& each);

  void kill(slot& each);

  // Nothing more can run: what is queued or held ends with why, every worker is killed.
  void give_up(const std::exception_ptr& why);

  void cancel_everything();

  void fail_everything(const std::exception_ptr& why);

  // tried_again: not before this.
  [[nodiscard]] bool all_vacant(clock::time_point tried_again = clock::time_point::min()) const;

  // ---- what workers say before the first item ----

  void receive(slot& each);

  // A worker's initializer may take its time, but not a message that it has begun.
  void limit_message(slot& each);

  void handle(slot& each, frame_kind kind, byte_view payload);

  // It has no item any more, and may take as long as an item for what it runs at its end.
  void let_leave(slot& each);
  [[nodiscard]] lost_item exit_of(const slot& each) const {
    return {static_cast<std::size_t>(each.id), "at_exit", options_.task_timeout};
  }

  void greet(slot& each, byte_view view);

  const options options_;
  limits_of_calls limits_{options_, true};
  const std::shared_ptr<const bytes> setup_;
  const std::shared_ptr<arena> requests_;
  const wake_up wake_; // of the service thread
  const wake_up bell_; // of whoever waits for workers

  // The service thread's own.
  std::unique_ptr<worker_source> source_;
  std::vector<::pollfd> polled_;
  bool finishing_ = false; // no worker will be needed any more
  likely_causes causes_;

  // Guarded by mutex_.
  std::shared_ptr<remote_exit> exit_;
  dispatcher dispatcher_;
  std::vector<slot> slots_;
  clock::time_point looks_at_ = clock::time_point::min(); // when the service thread looks at the time, at the latest
  std::size_t starting_ = 0;                              // workers that the constructor still waits for
  std::size_t waiting_ = 0;                               // threads in drive()
  bool driving_ = false;                                  // one of them has the seat
  bool watching_ = false;                                 // the service thread listens to the bell
  bool called_ = false;                                   // the service thread has been woken to do that
  bool asleep_ = false;                                   // somebody sleeps until a worker rings
  spin_budget spinner_;                                   // used by who has the seat

  std::mutex join_mutex_;
  std::unique_ptr<output_reader> output_; // if there is a callback
  std::thread service_;                   // last: it uses all the others
};
static_assert(engine<process_engine>);

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/processes/engine.ipp>
#endif

#endif
