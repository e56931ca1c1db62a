// Workers forked from a template process. At construction the program forks this quiet process, and every worker, first
// or replacement, is forked from it: it starts from the program's memory as it was then, with the initializer's
// arguments in it, and never from a process that has since grown threads. The template also sees how its workers end,
// so that the application's own handling of child processes does not matter, and ends them when the program ends.
// Relies on Linux (pidfd, SCM_RIGHTS, PR_SET_PDEATHSIG).
#ifndef CROSSPOOL_FORKED_WORKERS_HPP
#define CROSSPOOL_FORKED_WORKERS_HPP

#include <crosspool/process_engine.hpp>

#include <array>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace crosspool {
namespace detail {

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
template <class Initialize> class template_process {
public:
  template_process(int control, int program, Initialize& initialize)
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
  Initialize& initialize_;
  std::vector<pid_t> workers_;
  bool finishing_ = false; // to end with the last worker
};

/// The program's side of the template process.
class forked_workers final : public worker_source {
public:
  /// Forks the template; initialize() will run in each worker, from this very stack frame's memory.
  template <class Initialize> explicit forked_workers(Initialize initialize) {
    auto [here, there] = socket_pair(SOCK_SEQPACKET);
    const auto self = watch_process(::getpid());
    flush_standard_output();
    program_image::instance(); // or each worker would look for itself
    const int keep[] = {there.get(), self.get()};
    template_ = descriptor_registry::instance().fork_keeping(keep);
    if (template_ == 0)
      template_process<Initialize>(there.get(), self.get(), initialize).run();
    if (template_ < 0)
      throw no_resource(errno, "fork the template process");
    control_ = std::move(here);
    try {
      template_watch_ = watch_process(template_);
    } catch (...) {
      end_template();
      throw;
    }
  }
  ~forked_workers() override { end_template(); }

  std::optional<event> start(int id, const worker_descriptors& given) override {
    const auto count = static_cast<int>(given.present());
    if (lost_ || !send({template_message::start, id, 0, count}, &given))
      return template_is_gone(id);
    asked_.push_back(id);
    return std::nullopt;
  }

  void signal(pid_t pid, int number) override { send({template_message::signal, -1, pid, number}); }
  void finish() override { send({template_message::finish, -1, 0, 0}); }

  void add_to(std::vector<::pollfd>& polled) const override {
    if (lost_)
      return;
    // Ready at once, or soon, if there is something that has been read already.
    polled.push_back({control_.get(), static_cast<short>(POLLIN | (read_ahead_.empty() ? 0 : POLLOUT)), 0});
    polled.push_back({template_watch_.get(), POLLIN, 0});
  }

  std::vector<event> events() override {
    std::vector<event> events;
    if (lost_)
      return events;
    const auto n = read_all();
    const int why = errno;
    for (const auto& each : std::exchange(read_ahead_, {}))
      events.push_back(translate(each));
    if (n == 0 || (why != EAGAIN && why != EWOULDBLOCK) || has_ended(template_watch_)) {
      // Without the template its workers end too, and none can be started any more.
      lost_ = true;
      for (const pid_t pid : running_) {
        ::kill(-pid, SIGKILL); // what it has forked
        events.push_back({.what = event::ended, .pid = pid, .status = SIGKILL});
      }
      for (const int id : asked_)
        events.push_back(template_is_gone(id));
    }
    return events;
  }

private:
  // False if the template is gone. As long as it takes no more, what it says is read: or each would wait until the
  // other reads.
  bool send(const template_message& message, const worker_descriptors* passed = nullptr) {
    for (;;) {
      if (send_message(control_.get(), message, passed, MSG_DONTWAIT) > 0)
        return true;
      if (errno != EAGAIN && errno != EWOULDBLOCK)
        return false;
      if (read_all() == 0)
        return false;
      ::pollfd polled[] = {{control_.get(), POLLIN | POLLOUT, 0}, {template_watch_.get(), POLLIN, 0}};
      ::poll(polled, 2, -1);
      if (polled[1].revents != 0)
        return false;
    }
  }
  // Like receive_message, the last time.
  ssize_t read_all() {
    ssize_t n = 0;
    template_message message{};
    // Reset: the template has ended with a message of ours unread; what it had said before can still be read.
    for (passed_descriptors none;
         (n = receive_message(control_.get(), message, none, MSG_DONTWAIT)) > 0 || (n < 0 && errno == ECONNRESET);)
      if (n > 0)
        read_ahead_.push_back(message);
    return n;
  }

  event translate(const template_message& message) {
    if (message.what == template_message::ended) {
      remove_from(running_, message.pid);
      return {.what = event::ended, .pid = message.pid, .status = message.status};
    }
    remove_from(asked_, message.id);
    if (message.what == template_message::not_started)
      return {.what = event::not_started,
              .id = message.id,
              .why = std::make_exception_ptr(no_resource(message.status, "fork worker " + std::to_string(message.id)))};
    running_.push_back(message.pid);
    return {.what = event::started, .id = message.id, .pid = message.pid};
  }

  static event template_is_gone(int id) {
    return {.what = event::not_started,
            .id = id,
            .why = std::make_exception_ptr(
                start_failed("crosspool: the template process is gone, no worker can be forked any more"))};
  }

  void end_template() {
    // The template then ends its workers and itself. Closing alone would not tell it: a process that the application
    // has forked may hold a copy of the descriptor.
    if (control_)
      ::shutdown(control_.get(), SHUT_RDWR);
    control_.reset();
    reap(template_);
  }

  pid_t template_ = 0;
  descriptor control_;
  descriptor template_watch_;
  bool lost_ = false;
  std::vector<template_message> read_ahead_; // of what it has said
  std::vector<int> asked_;                   // workers asked for, not yet reported
  std::vector<pid_t> running_;               // processes reported started
};

} // namespace detail
} // namespace crosspool

#endif
