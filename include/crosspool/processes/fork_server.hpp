// The template process, from which workers are forked, and what it and the program say to each other. Relies on Linux
// (pidfd, SCM_RIGHTS, PR_SET_PDEATHSIG).
#ifndef CROSSPOOL_PROCESSES_FORK_SERVER_HPP
#define CROSSPOOL_PROCESSES_FORK_SERVER_HPP

#include <crosspool/os/process.hpp>
#include <crosspool/processes/worker.hpp>
#include <crosspool/processes/worker_source.hpp>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <utility>
#include <vector>

namespace crosspool::detail {

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
inline ssize_t send_message(int socket, template_message message, const worker_descriptors* passed, int flags) {
  ::iovec part{&message, sizeof message};
  alignas(::cmsghdr) char control[CMSG_SPACE(sizeof passed->fd)] = {};
  ::msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  if (passed != nullptr) {
    const auto size = sizeof(int) * passed->present();
    header.msg_control = control;
    header.msg_controllen = CMSG_SPACE(size);
    auto* const rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(size);
    std::memcpy(CMSG_DATA(rights), passed->fd.data(), size);
  }
  ssize_t n = 0;
  do
    n = ::sendmsg(socket, &header, MSG_NOSIGNAL | flags);
  while (n < 0 && errno == EINTR);
  return n;
}

/// Receives a message and the descriptors with it, -1 where there is none. Like recv: < 0 with errno, 0 when the other
/// side has closed.
inline ssize_t receive_message(int socket, template_message& message, passed_descriptors& passed, int flags) {
  ::iovec part{&message, sizeof message};
  alignas(::cmsghdr) char control[CMSG_SPACE(sizeof passed)] = {};
  ::msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control;
  header.msg_controllen = sizeof control;
  ssize_t n = 0;
  do
    n = ::recvmsg(socket, &header, flags | MSG_CMSG_CLOEXEC);
  while (n < 0 && errno == EINTR);
  passed.fill(-1);
  if (n > 0)
    if (const auto* const rights = CMSG_FIRSTHDR(&header); rights != nullptr && rights->cmsg_type == SCM_RIGHTS)
      std::memcpy(&passed, CMSG_DATA(rights), rights->cmsg_len - CMSG_LEN(0));
  return n;
}

/// The template process: one thread, which waits for a request, for the end of a worker or for the end of the program.
class template_process {
public:
  template_process(int control, int program, initialize_ref initialize)
      : control_(control), program_(program), initialize_(initialize) {}

  /// Never returns, and never throws into the program's code that it was forked from.
  [[noreturn]] void run() noexcept {
    try {
      serve_program();
    } catch (...) {
      end();
    }
  }

private:
  [[noreturn]] void serve_program() {
    leave_parent_behind();
    forget_standard_output();
    // It ends with the program, not before: without it there is nobody to end what the workers have forked. What is
    // sent to all processes of the program by its name is for the program and its workers.
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT})
      ::signal(number, SIG_IGN);
    // The end of a worker interrupts the wait, and only the wait.
    ::signal(SIGCHLD, [](int) {});
    sigset_t child, none;
    ::sigemptyset(&none);
    ::sigemptyset(&child);
    ::sigaddset(&child, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &child, nullptr);
    for (;;) {
      ::pollfd polled[] = {{control_, POLLIN, 0}, {program_, POLLIN, 0}};
      const int n = ::ppoll(polled, 2, nullptr, &none);
      report_ended();
      if (finishing_ && workers_.empty())
        end();
      if (n <= 0)
        continue;
      if (polled[1].revents != 0)
        end();
      if (polled[0].revents != 0)
        obey();
    }
  }

  void obey() {
    template_message message{};
    passed_descriptors passed;
    if (receive_message(control_, message, passed, 0) <= 0)
      end();
    if (message.what == template_message::start)
      start(message.id, passed, static_cast<std::size_t>(message.status));
    else if (message.what == template_message::finish)
      finishing_ = true;
    else if (message.what == template_message::signal)
      for (const pid_t pid : workers_)
        if (pid == message.pid)
          signal_group(pid, message.status);
  }

  void start(int id, const passed_descriptors& passed, std::size_t count) {
    std::array<descriptor, worker_descriptors::count> owned;
    worker_descriptors given{};
    for (std::size_t i = 0; i < owned.size(); ++i) {
      if (passed[i] < 0 && i < count)
        return report({template_message::not_started, id, 0, EMFILE});
      owned[i] = descriptor(passed[i]);
      given.fd[i] = owned[i].get();
    }
    const pid_t self = ::getpid();
    const pid_t pid = ::fork();
    if (pid == 0) {
      leave_parent_behind();
      end_with_parent(self);
      descriptor_registry::instance().close(control_);
      descriptor_registry::instance().close(program_);
      work(id, given);
    }
    const int code = errno;
    if (pid < 0)
      return report({template_message::not_started, id, 0, code});
    ::setpgid(pid, pid); // the worker does so too: whoever comes first
    workers_.push_back(pid);
    report({template_message::started, id, pid, 0});
  }

  [[noreturn]] void work(int id, const worker_descriptors& given) noexcept {
    if (!worker_channel(given.fd[worker_descriptors::socket]).send(frame_kind::hello, greeting()))
      end_worker(EXIT_SUCCESS);
    detail::serve(given, id, initialize_);
  }

  void report_ended() {
    for (;;) {
      // Look first, and take it away only after what the worker has forked is gone too: its number names that group.
      ::siginfo_t info{};
      if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0)
        return;
      kill_group(info.si_pid);
      int status = 0;
      ::waitpid(info.si_pid, &status, 0);
      remove_from(workers_, info.si_pid);
      report({template_message::ended, -1, info.si_pid, status});
    }
  }

  void report(template_message message) const {
    if (send_message(control_, message, nullptr, 0) <= 0)
      end();
  }

  [[noreturn]] void end() const {
    for (const pid_t pid : workers_)
      kill_group(pid);
    ::_exit(EXIT_SUCCESS);
  }

  int control_;
  int program_; // a pidfd
  initialize_ref initialize_;
  std::vector<pid_t> workers_;
  bool finishing_ = false; // to end with the last worker
};

} // namespace crosspool::detail

#endif
