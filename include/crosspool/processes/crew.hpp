// The workers of a process pool: how they start, report, are stopped, end and are replaced. What they work on is the
// dispatcher's. The engine's service thread alone makes a crew go on, and holds the engine's lock for that.
#ifndef CROSSPOOL_PROCESSES_CREW_HPP
#define CROSSPOOL_PROCESSES_CREW_HPP

#include <crosspool/options.hpp>
#include <crosspool/processes/dispatcher.hpp>
#include <crosspool/processes/employer.hpp>
#include <crosspool/processes/output.hpp>
#include <crosspool/processes/worker_record.hpp>
#include <crosspool/processes/worker_source.hpp>
#include <crosspool/wire/exit_function.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

class crew {
public:
  using clock = std::chrono::steady_clock;

  /// setup is sent to each worker, if not null. bell: workers ring it. requests, bell, dealt, by: outlive the crew.
  /// Throws std::system_error if options.on_output needs a thread that there cannot be.
  crew(const options& o, std::unique_ptr<worker_source> source, std::shared_ptr<const bytes> setup,
       const arena& requests, const wake_up& bell, dispatcher& dealt, employer& by);

  // ---- the service thread ----

  /// Begins to start all.
  void start();
  /// Whether some of those that start() began with have not been ready yet.
  [[nodiscard]] bool is_starting() const noexcept { return starting_ != 0; }

  /// Workers that cannot be talked to are killed, those at an item that is to be stopped are asked to end, and those
  /// that are needed no more, or have had all that they may be given, are sent home.
  void dismiss();
  /// Adds what tells of something to take. Returns when to look at the latest.
  clock::time_point add_to(std::vector<::pollfd>& polled);
  /// Takes what the source and the workers say, and does what is due.
  void take_what_came();

  /// The worker is to be stopped at the item that it is at; what it has not begun goes to others.
  void stop(std::size_t worker, stop_reason why);
  /// Everything that the dispatcher has ends with why, every worker is killed.
  void fail_everything(const std::exception_ptr& why);

  /// No worker will be needed any more.
  void finish();
  [[nodiscard]] bool all_are_vacant() const { return all_vacant(clock::time_point::min()); }
  /// There are none any more, whatever became of them.
  void vacate();
  /// Ends what the source still has. Without the lock.
  void close_source() noexcept { source_.reset(); }

  // ---- any thread ----

  /// What each worker runs at its end from now on; null if there is no such function.
  [[nodiscard]] std::shared_ptr<remote_exit>& exit_function() noexcept { return exit_; }
  /// Those that are there learn of it.
  void announce_exit_function();

  /// When all have ended: returns when what they printed has been delivered.
  void finish_output() noexcept { output_.reset(); }

private:
  static constexpr std::chrono::hours longest_wait{24 * 7};
  static constexpr int most_failed_starts = 5;
  static constexpr std::chrono::milliseconds first_pause{10};

  [[nodiscard]] static std::size_t index_of(const worker_record& each) noexcept {
    return static_cast<std::size_t>(each.id);
  }
  [[nodiscard]] lane& lane_of(const worker_record& each) { return dealt_[index_of(each)]; }

  void start(worker_record& each);
  [[nodiscard]] clock::time_point start_deadline() const;
  // While the pool is being made, a worker that cannot start fails the pool. Later it is tried again a few times, as
  // what was missing may come back; when no worker is left, the pool fails.
  void not_started(worker_record& each, const std::exception_ptr& why);

  void retire(worker_record& each);
  void ask_to_end(worker_record& each);
  void kill(worker_record& each);
  void vacate(worker_record& each);
  // tried_again: not before this.
  [[nodiscard]] bool all_vacant(clock::time_point tried_again) const;

  void handle(worker_record& each, const worker_source::event& event);
  void ended(worker_record& each, int status);
  // The item that the worker was at is lost with it, unless it is to be run again.
  void fail(const worker_record& each, const assignment& running, int status);
  [[nodiscard]] lost_item exit_of(const worker_record& each) const {
    return {index_of(each), "at_exit", options_.task_timeout};
  }

  // ---- what workers say before the first item and after the last ----

  void receive(worker_record& each);
  void handle(worker_record& each, frame_kind kind, byte_view payload);
  void greet(worker_record& each, byte_view view);
  void is_ready(worker_record& each);
  // It has no item any more, and may take as long as an item for what it runs at its end.
  void let_leave(worker_record& each);
  // A worker's initializer may take its time, but not a message that it has begun.
  void limit_message(worker_record& each);

  void check_deadlines();

  const options options_;
  std::unique_ptr<worker_source> source_;
  const std::shared_ptr<const bytes> setup_;
  const arena& requests_;
  const wake_up& bell_;
  dispatcher& dealt_;
  employer& by_;
  std::vector<worker_record> workers_;
  std::size_t starting_;
  bool finishing_ = false;
  likely_causes causes_;
  std::shared_ptr<remote_exit> exit_;
  std::unique_ptr<output_reader> output_; // if there is a callback
};

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/processes/crew.ipp>
#endif

#endif
