// The template process, from which workers are forked, and what it and the program say to each other. Relies on Linux
// (pidfd, SCM_RIGHTS, PR_SET_PDEATHSIG).
#ifndef CROSSPOOL_PROCESSES_FORK_SERVER_HPP
#define CROSSPOOL_PROCESSES_FORK_SERVER_HPP

#include <crosspool/os/process.hpp>
#include <crosspool/processes/worker.hpp>
#include <crosspool/processes/worker_source.hpp>

#include <array>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

// What the program and the template say to each other.
struct template_message {
  enum : int { start, signal, finish, started, not_started, ended } what;
  int id;     // worker to start or started
  pid_t pid;  // process to signal, started or ended
  int status; // of start the number of descriptors, the signal's number, the wait status, or errno of not_started
};

/// Descriptors that travel with a message.
using passed_descriptors = std::array<int, worker_descriptors::count>;

/// Sends a message, with descriptors if given. Like send: < 0 with errno.
ssize_t send_message(int socket, template_message message, const worker_descriptors* passed, int flags);

/// Receives a message and the descriptors with it, -1 where there is none. Like recv: < 0 with errno, 0 when the other
/// side has closed.
ssize_t receive_message(int socket, template_message& message, passed_descriptors& passed, int flags);

/// The template process: one thread, which waits for a request, for the end of a worker or for the end of the program.
class fork_server {
public:
  fork_server(int control, int program, initialize_ref initialize)
      : control_(control), program_(program), initialize_(initialize) {}

  /// Never returns, and never throws into the program's code that it was forked from.
  [[noreturn]] void run() noexcept;

private:
  [[noreturn]] void serve_program();

  void obey();

  void start(int id, const passed_descriptors& passed, std::size_t count);

  [[noreturn]] void work(int id, const worker_descriptors& given) noexcept;

  void report_ended();

  void report(template_message message) const;

  [[noreturn]] void end() const;

  int control_;
  int program_; // a pidfd
  initialize_ref initialize_;
  std::vector<pid_t> workers_;
  bool finishing_ = false; // to end with the last worker
};

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/processes/fork_server.ipp>
#endif

#endif
