// A worker process without the process: both ends of its queue are held by one thread, so that what a call sends, and
// what comes back, is written as bytes and read again where a debugger sees both.
#ifndef CROSSPOOL_PROCESSES_ROUND_TRIP_HPP
#define CROSSPOOL_PROCESSES_ROUND_TRIP_HPP

#include <crosspool/exit_results.hpp>
#include <crosspool/processes/dispatcher.hpp>
#include <crosspool/processes/spawned_workers.hpp>
#include <crosspool/processes/worker.hpp>
#include <crosspool/wire/broadcast_message.hpp>
#include <crosspool/wire/exit_function.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <string_view>
#include <utility>

namespace CROSSPOOL_NAMESPACE::detail {

// A mapping of its own, as a worker process has.
shared_memory mapped_again(const shared_memory& memory, int protection);

// What has run to its end, as nobody could stop it. index: of the item.
void demand_in_time(std::string_view verb, std::size_t index, std::chrono::nanoseconds took,
                    std::chrono::nanoseconds timeout);

/// Handles that this thread reads meanwhile are read from there.
class reading_broadcasts : not_copied {
public:
  explicit reading_broadcasts(received_broadcasts& from) : before_(std::exchange(broadcasts_here, &from)) {}
  ~reading_broadcasts() { broadcasts_here = before_; }

private:
  received_broadcasts* before_;
};

/// An exit function that is read from its message when it runs, and its result from another.
template <class R, class F> class exit_by_message final : public local_exit {
public:
  exit_by_message(const std::shared_ptr<arena>& requests, const F& f, std::chrono::milliseconds timeout)
      : requests_(mapped_again(requests->memory(), PROT_READ)), exit_(requests, f), timeout_(timeout) {}

  [[nodiscard]] const std::shared_ptr<exit_record<R>>& record() const noexcept { return exit_.record(); }

  void run(int worker) override {
    broadcasts_in_requests broadcasts(requests_);
    const reading_broadcasts here(broadcasts);
    const auto begun = std::chrono::steady_clock::now();
    const auto answer = run_exit({exit_.function().data(), exit_.function().size()});
    try {
      demand_in_time("at_exit", static_cast<std::size_t>(worker), std::chrono::steady_clock::now() - begun, timeout_);
    } catch (const task_timed_out&) {
      return exit_.failed(worker, std::current_exception());
    }
    exit_.answered(worker, answer);
  }
  void finish() override { exit_.finish(); }

private:
  shared_memory requests_;
  remote_exit_of<R, F> exit_;
  std::chrono::milliseconds timeout_;
};

/// Items, results and exceptions travel as to a worker process.
class round_trip {
public:
  template <class R, class F, class... T> using task = remote_task<R, F, T...>;
  using parcel_type = remote_parcel;
  static constexpr bool outlives_calls = false;
  static constexpr std::size_t parcel_bytes = std::size_t{1} << 17U;

  template <class Task>
  auto start_parcel(const Task& of, const std::shared_ptr<completion>& home, std::string_view verb, std::size_t first,
                    std::size_t size) const {
    return of.start_parcel(home, verb, first, requests_, size, 0);
  }
  /// Throws what encoding value throws.
  template <class T> broadcasted<T> broadcast(const T& value) const {
    const auto message = std::make_shared<const broadcast_message>(requests_, value);
    return broadcasted<T>(message->place(), message);
  }
  /// Throws what encoding f throws.
  template <class R, class F> auto make_exit(const F& f, std::chrono::milliseconds timeout) const {
    return std::make_shared<exit_by_message<R, std::decay_t<const F&>>>(requests_, f, timeout);
  }
  /// One thread at a time calls run(); all else is called with the engine's lock.
  class worker : detail::not_copied {
  public:
    /// Throws start_failed.
    explicit worker(const round_trip& of)
        : lane_(dispatcher_[0]), queue_(-1, mapped_again(*prepare(lane_).queue().memory(), PROT_READ | PROT_WRITE),
                                        mapped_again(of.requests_->memory(), PROT_READ), descriptor(), descriptor()) {}
    ~worker() = default;

    void give(std::shared_ptr<remote_parcel> p);

    /// Runs what it was given. Never throws: what the items throw travels as their outcome.
    void run() noexcept;

    /// Takes what run() has made of it. False if this must not be used again.
    bool take();

    /// Those of all arguments that it has read, and of its results.
    void add_bytes_to(worker_stats& all) noexcept;

    /// What it has not begun ends with why, if it is of this call, or if call is null.
    void cancel(const completion* call, const std::exception_ptr& why);

  private:
    using clock = std::chrono::steady_clock;

    static lane& prepare(lane& fresh);

    dispatcher dispatcher_{1, 0};
    lane& lane_;
    worker_queue queue_;
    work_runner runner_{queue_};
    broadcasts_in_requests broadcasts_{queue_.requests()};
    bool has_slot_ = false;
    clock::duration took_{0};
    std::exception_ptr failure_;
  };

private:
  std::shared_ptr<arena> requests_ = std::make_shared<arena>();
};

/// Runs an initializer with its arguments as a spawned worker reads them.
template <class Init, class... Args> void initialize_by_message(const Init& init, const Args&... args) {
  const auto setup = detail::make_setup<Init, Args...>(init, args...);
  byte_view from = *setup;
  static_cast<void>(take_greeting(from));
  reinterpret_cast<setup_entry>(decode_function_id(from))(from);
}

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/processes/round_trip.ipp>
#endif

#endif
