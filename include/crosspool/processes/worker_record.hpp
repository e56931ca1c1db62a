// A worker process as the program sees it, and the words for how it ended.
#ifndef CROSSPOOL_PROCESSES_WORKER_RECORD_HPP
#define CROSSPOOL_PROCESSES_WORKER_RECORD_HPP

#include <crosspool/bytes/exceptions.hpp>
#include <crosspool/calls/completion.hpp>
#include <crosspool/options.hpp>
#include <crosspool/os/demangle.hpp>
#include <crosspool/os/memory_use.hpp>
#include <crosspool/wire/handshake.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <string_view>

namespace CROSSPOOL_NAMESPACE::detail {

/// How far a worker has come.
enum class worker_phase {
  vacant,   // there is none, or none any more
  starting, // it has not reported that it is there
  greeted,  // its initializer runs
  ready,    // it takes items
  retiring, // it is to end when it has done what it has
  leaving,  // it runs what is to be run at its end
  left,     // it has said what became of that
};
/// How a worker has been told to end, at once; kill: also if its pid is not known yet.
enum class end_signal { none, term, kill };
enum class stop_reason { none, timed_out, cancelled };

/// One worker of a process pool, or the place of one.
struct worker_record {
  using time_point = std::chrono::steady_clock::time_point;

  int id = 0;
  worker_phase phase = worker_phase::vacant;
  pid_t pid = 0; // 0 until the source has reported it
  end_signal told = end_signal::none;
  stop_reason stopping = stop_reason::none;
  bool was_given_items = false;          // before it was let leave
  std::optional<std::size_t> stopped_at; // the item that it is stopped for
  program_channel channel;
  // For the greeting, for its end after SIGTERM, or if vacant, for the next try to start it; or max().
  time_point deadline = time_point::max();
  int failed_starts = 0; // in a row
  std::exception_ptr why_not_started;

  [[nodiscard]] bool is_vacant() const noexcept { return phase == worker_phase::vacant; }
  [[nodiscard]] bool is_starting() const noexcept {
    return phase == worker_phase::starting || phase == worker_phase::greeted;
  }

  /// "worker 3 (pid 4711)"
  [[nodiscard]] std::string who() const {
    return "worker " + std::to_string(id) + (pid != 0 ? " (pid " + std::to_string(pid) + ")" : std::string());
  }
};

/// The item that a worker was at when it ended.
struct lost_item {
  std::size_t index; // in its call
  std::string_view verb;
  std::chrono::nanoseconds timeout;
};

// Each gives the error for the end of this worker, with this wait status.

std::exception_ptr ended_before_ready(const worker_record& worker, int status);

std::exception_ptr did_not_report(const worker_record& worker);

/// encoded: the exception, which the worker has sent.
std::exception_ptr initializer_failed(const worker_record& worker, byte_view encoded);

std::exception_ptr ended_at_item(const worker_record& worker, int status, const lost_item& item,
                                 const std::string& likely_cause);

/// The same in short.
std::string what_happened(const worker_record& worker, int status);

/// What somebody who sees how workers end should think of.
class likely_causes {
public:
  /// memory_limit: options.memory_limit.
  explicit likely_causes(std::size_t memory_limit) : memory_limit_(memory_limit) {}

  /// From now on, what the system kills counts.
  void watch() { kills_ = count_oom_kills(); }

  /// Empty, or words in brackets that come behind how the worker ended.
  std::string of(const worker_record& worker, int status);

private:
  std::size_t memory_limit_;
  std::uint64_t kills_ = 0;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/processes/worker_record.ipp>
#endif

#endif
