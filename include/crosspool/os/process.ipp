// What of os/process.hpp depends on no type of the user's.
#ifndef CROSSPOOL_OS_PROCESS_IPP
#define CROSSPOOL_OS_PROCESS_IPP

#include <crosspool/os/process.hpp>

#include <cerrno>
#include <cstring>
#include <iostream>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE start_failed no_resource(int code, const std::string& what) {
  std::string why = std::strerror(code);
  if (code == EAGAIN)
    why += " (no more processes allowed, RLIMIT_NPROC or the cgroup's pids.max, or no memory)";
  else if (code == ENOMEM)
    why += " (no memory, or no more addresses allowed, RLIMIT_AS)";
  else if (code == EMFILE)
    why += " (no more descriptors allowed, RLIMIT_NOFILE)";
  else if (code == EFBIG)
    why += " (no larger files allowed, RLIMIT_FSIZE)";
  else if (code == ENFILE)
    why += " (the system has no more descriptors, fs.file-max)";
  return start_failed("crosspool: cannot " + what + ": " + why);
}

CROSSPOOL_INLINE bool remove_from(std::vector<int>& values, int value) {
  for (auto& each : values)
    if (each == value) {
      each = values.back();
      values.pop_back();
      return true;
    }
  return false;
}

CROSSPOOL_INLINE auto descriptor_registry::instance() -> descriptor_registry& {
  static auto& registry = *new descriptor_registry;
  return registry;
}

CROSSPOOL_INLINE void descriptor_registry::add(int fd) {
  const std::lock_guard lock(fork_gate);
  for (const int each : open_)
    if (each == fd) // inherited, and now taken over
      return;
  open_.push_back(fd);
}

CROSSPOOL_INLINE void descriptor_registry::close(int fd) {
  const std::lock_guard lock(fork_gate);
  if (remove_from(open_, fd))
    ::close(fd);
}

CROSSPOOL_INLINE descriptor::descriptor(int fd) : fd_(fd) {
  if (fd_ >= 0 && fd_ <= STDERR_FILENO) {
    fd_ = ::fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    const int code = errno;
    ::close(fd);
    if (fd_ < 0)
      throw no_resource(code, "duplicate a descriptor");
  }
  if (fd_ >= 0)
    descriptor_registry::instance().add(fd_);
}

CROSSPOOL_INLINE descriptor& descriptor::operator=(descriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

CROSSPOOL_INLINE void descriptor::reset() {
  if (fd_ >= 0)
    descriptor_registry::instance().close(std::exchange(fd_, -1));
}

CROSSPOOL_INLINE std::pair<descriptor, descriptor> socket_pair(int type) {
  int ends[2];
  if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends) != 0)
    throw no_resource(errno, "make a socket pair");
  return {descriptor(ends[0]), descriptor(ends[1])};
}

CROSSPOOL_INLINE std::pair<descriptor, descriptor> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    throw no_resource(errno, "make a pipe");
  descriptor from(ends[0]);
  return {std::move(from), descriptor(ends[1])};
}

CROSSPOOL_INLINE descriptor watch_process(pid_t pid) {
  const auto fd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (fd < 0)
    throw no_resource(errno, "watch a process");
  return descriptor(fd);
}

CROSSPOOL_INLINE wake_up::wake_up() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!event_)
    throw no_resource(errno, "make an eventfd");
}

CROSSPOOL_INLINE void wake_up::take() const noexcept {
  eventfd_t count = 0;
  static_cast<void>(::eventfd_read(event_.get(), &count));
}

CROSSPOOL_INLINE int reap(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0)
    if (errno != EINTR)
      return -1;
  return status;
}

CROSSPOOL_INLINE bool has_ended(const descriptor& watch) {
  ::pollfd polled{watch.get(), POLLIN, 0};
  return ::poll(&polled, 1, 0) == 1;
}

CROSSPOOL_INLINE void signal_group(pid_t leader, int number) {
  ::kill(leader, number); // it may have left its group
  ::kill(-leader, number);
}

CROSSPOOL_INLINE std::string describe_end(int status) {
  if (status == -1)
    return "ended (its exit status was taken by the application's own wait)";
  if (WIFSIGNALED(status)) {
    const char* const name = ::sigabbrev_np(WTERMSIG(status));
    return name != nullptr ? std::string("died by SIG") + name : "died by signal " + std::to_string(WTERMSIG(status));
  }
  return "exited with status " + std::to_string(WEXITSTATUS(status));
}

CROSSPOOL_INLINE void end_with_parent(pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent)
    ::_exit(EXIT_FAILURE);
}

CROSSPOOL_INLINE void end_group_with_parent(pid_t parent, int pipe) {
  // Who is to be told is a property of the open file, and each worker needs one of its own.
  const auto name = "/proc/self/fd/" + std::to_string(pipe);
  static const auto& kept = *new descriptor(::open(name.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)); // for good
  const int own = kept.get();
  ::close(pipe);
  if (own < 0 || ::fcntl(own, F_SETOWN, -::getpid()) != 0 || ::fcntl(own, F_SETSIG, SIGKILL) != 0 ||
      ::fcntl(own, F_SETFL, O_RDONLY | O_NONBLOCK | O_ASYNC) != 0)
    return end_with_parent(parent);
  const int told = SIGRTMAX; // the least likely to be used by a task
  ::signal(told, [](int) {
    ::kill(-::getpid(), SIGKILL);
    ::kill(::getpid(), SIGKILL); // it may have left the group
  });
  ::prctl(PR_SET_PDEATHSIG, told);
  if (::getppid() != parent)
    ::_exit(EXIT_FAILURE);
}

CROSSPOOL_INLINE void leave_parent_behind() {
  ::setpgid(0, 0);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD, SIGPIPE})
    ::signal(number, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  const int null = ::open("/dev/null", O_RDONLY);
  if (null > STDIN_FILENO) {
    ::dup2(null, STDIN_FILENO);
    ::close(null);
  }
}

CROSSPOOL_INLINE void flush_standard_output() {
  std::cout.flush();
  std::clog.flush();
  std::fflush(stdout);
  std::fflush(stderr); // of a worker, which has a buffer for it
}

CROSSPOOL_INLINE void end_worker(int status) {
  flush_standard_output();
  ::_exit(status);
}

CROSSPOOL_INLINE pid_t spawn_self(const std::vector<std::string>& arguments, std::span<const int> inherited) {
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (const auto& argument : arguments)
    argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);

  ::posix_spawn_file_actions_t actions;
  ::posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  for (const int fd : inherited)
    if (fd >= 0)
      ::posix_spawn_file_actions_adddup2(&actions, fd, fd); // onto itself: it now survives the exec
  sigset_t none, all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  pid_t pid = 0;
  const int code = ::posix_spawn(&pid, "/proc/self/exe", &actions, &attributes, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  if (code != 0)
    throw no_resource(code, "start a worker process");
  return pid;
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
