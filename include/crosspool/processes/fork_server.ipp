// What of processes/fork_server.hpp depends on no type of the user's.
#ifndef CROSSPOOL_PROCESSES_FORK_SERVER_IPP
#define CROSSPOOL_PROCESSES_FORK_SERVER_IPP

#include <crosspool/processes/fork_server.hpp>

#include <cerrno>
#include <csignal>
#include <cstring>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE ssize_t send_message(int socket, template_message message, const worker_descriptors* passed,
                                      int flags) {
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

CROSSPOOL_INLINE ssize_t receive_message(int socket, template_message& message, passed_descriptors& passed, int flags) {
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

CROSSPOOL_INLINE void fork_server::run() noexcept {
  try {
    serve_program();
  } catch (...) {
    end();
  }
}

CROSSPOOL_INLINE void fork_server::serve_program() {
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

CROSSPOOL_INLINE void fork_server::obey() {
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

CROSSPOOL_INLINE void fork_server::start(int id, const passed_descriptors& passed, std::size_t count) {
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

CROSSPOOL_INLINE void fork_server::work(int id, const worker_descriptors& given) noexcept {
  if (!worker_channel(given.fd[worker_descriptors::socket]).send(frame_kind::hello, greeting()))
    end_worker(EXIT_SUCCESS);
  detail::serve(given, id, initialize_);
}

CROSSPOOL_INLINE void fork_server::report_ended() {
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

CROSSPOOL_INLINE void fork_server::report(template_message message) const {
  if (send_message(control_, message, nullptr, 0) <= 0)
    end();
}

CROSSPOOL_INLINE void fork_server::end() const {
  for (const pid_t pid : workers_)
    kill_group(pid);
  ::_exit(EXIT_SUCCESS);
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
