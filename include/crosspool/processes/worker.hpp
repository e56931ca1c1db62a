// The worker's side of a process pool, the same however it came to life: report, be initialized, run what comes, end
// when nothing more can come.
#ifndef CROSSPOOL_PROCESSES_WORKER_HPP
#define CROSSPOOL_PROCESSES_WORKER_HPP

#include <crosspool/calls/initializer.hpp>
#include <crosspool/calls/worker_state.hpp>
#include <crosspool/processes/output.hpp>
#include <crosspool/processes/worker_source.hpp>
#include <crosspool/this_worker.hpp>
#include <crosspool/wire/broadcast_message.hpp>
#include <crosspool/wire/exit_function.hpp>
#include <crosspool/wire/handshake.hpp>
#include <crosspool/wire/task.hpp>

namespace CROSSPOOL_NAMESPACE::detail {

/// What a worker says first, so that the program knows whom it talks to: the version and the build.
bytes greeting();

/// Removes the greeting from the front of bytes; false if they begin with none of this build.
bool take_greeting(byte_view& from);

/// A worker that is not forked says so many bytes behind its greeting, and is answered with them. Nobody foresees them,
/// so that what was said to another worker, or before, is no answer.
inline constexpr std::size_t challenge_size = 16;

/// Runs the requests of a queue.
class work_runner {
public:
  explicit work_runner(worker_queue& queue) : queue_(queue) {}

  void run_slot();

private:
  // Most slots are of the same call as the one before.
  task_entry take_entry(byte_view& request);

  worker_queue& queue_;
  std::size_t expected_ = 0;
  bytes name_;
  task_entry entry_ = nullptr;
};

// The exception being handled is why the worker cannot work.
void say_why_not(const worker_channel& channel);

// What is to be run when a worker ends in order. The program is told first, as it has to know where the time goes; if
// it is gone, so is who would want to know.
void leave(const worker_channel& channel, worker_queue& queue);

// The worker's life after it has reported.
void live(const worker_channel& channel, worker_queue& queue, initialize_ref initialize);

/// Serves until the program closes the socket. initialize(): the policy's way to run the initializer. Never throws
/// into the program's code that called it; where memory does not suffice even for a message, the process ends.
[[noreturn]] void serve(const worker_descriptors& given, int id, initialize_ref initialize) noexcept;

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/processes/worker.ipp>
#endif

#endif
