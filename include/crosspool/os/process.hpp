// What crosspool asks of the operating system, all in one place: descriptors that close on exec, processes of one's own
// to start, watch and name, the words for how they ended.
// Relies on Linux 5.3 (pidfd_open).
#ifndef CROSSPOOL_OS_PROCESS_HPP
#define CROSSPOOL_OS_PROCESS_HPP

#include <crosspool/error.hpp>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <fcntl.h>
#include <iostream>
#include <mutex>
#include <poll.h>
#include <span>
#include <spawn.h>
#include <stdio_ext.h>
#include <string>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace crosspool::detail {

/// A start_failed that says which resource ran out.
inline start_failed no_resource(int code, const std::string& what) {
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

/// While a thread holds this, no pool of this process forks: for what must not be caught half done by a fork.
inline std::mutex fork_gate;

/// Removes value, whatever that does to the order of the others. False if it is not there.
inline bool remove_from(std::vector<int>& values, int value) {
  for (auto& each : values)
    if (each == value) {
      each = values.back();
      values.pop_back();
      return true;
    }
  return false;
}

// The descriptors that pools of this process own, so that a process forked from it can close those that are not meant
// for it.
class descriptor_registry {
public:
  /// Never destroyed: a pool may end after main, and its thread may be at work while the program exits.
  static descriptor_registry& instance() {
    static auto& registry = *new descriptor_registry;
    return registry;
  }
  void add(int fd) {
    const std::lock_guard lock(fork_gate);
    for (const int each : open_)
      if (each == fd) // inherited, and now taken over
        return;
    open_.push_back(fd);
  }
  void close(int fd) {
    const std::lock_guard lock(fork_gate);
    if (remove_from(open_, fd))
      ::close(fd);
  }
  /// Forks; no descriptor is opened or closed by another pool meanwhile. In the child, all but those in keep are
  /// closed.
  template <std::size_t N> pid_t fork_keeping(const int (&keep)[N]) {
    const std::lock_guard lock(fork_gate);
    const pid_t pid = ::fork();
    if (pid == 0) {
      std::size_t kept = 0;
      for (const int fd : open_) {
        bool wanted = false;
        for (const int each : keep)
          wanted = wanted || each == fd;
        if (wanted)
          open_[kept++] = fd;
        else
          ::close(fd);
      }
      open_.resize(kept);
    }
    return pid;
  }

private:
  std::vector<int> open_;
};

/// Owns a descriptor.
class descriptor {
public:
  descriptor() = default;
  /// Takes over fd, which closes on exec; moves it away from 0, 1 and 2 if the program runs with those closed.
  explicit descriptor(int fd) : fd_(fd) {
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
  descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~descriptor() { reset(); }

  void reset() {
    if (fd_ >= 0)
      descriptor_registry::instance().close(std::exchange(fd_, -1));
  }
  [[nodiscard]] int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }

private:
  int fd_ = -1;
};

/// Two connected ends. type: SOCK_STREAM or SOCK_SEQPACKET.
inline std::pair<descriptor, descriptor> socket_pair(int type) {
  int ends[2];
  if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends) != 0)
    throw no_resource(errno, "make a socket pair");
  return {descriptor(ends[0]), descriptor(ends[1])};
}

/// A pipe: the end to read from, and that to write to.
inline std::pair<descriptor, descriptor> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    throw no_resource(errno, "make a pipe");
  descriptor from(ends[0]);
  return {std::move(from), descriptor(ends[1])};
}

/// A descriptor that becomes readable when process pid has ended.
inline descriptor watch_process(pid_t pid) {
  const auto fd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (fd < 0)
    throw no_resource(errno, "watch a process");
  return descriptor(fd);
}

/// A wake-up that another thread can give to a thread in poll().
class wake_up {
public:
  wake_up() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!event_)
      throw no_resource(errno, "make an eventfd");
  }
  void give() const noexcept { static_cast<void>(::eventfd_write(event_.get(), 1)); }
  void take() const noexcept {
    eventfd_t count = 0;
    static_cast<void>(::eventfd_read(event_.get(), &count));
  }
  [[nodiscard]] int get() const noexcept { return event_.get(); }

private:
  descriptor event_;
};

/// Waits for pid, whatever interrupts. Returns its wait status, or -1 if somebody else has taken it.
inline int reap(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0)
    if (errno != EINTR)
      return -1;
  return status;
}

/// Whether the process that a descriptor of watch_process is for has ended.
inline bool has_ended(const descriptor& watch) {
  ::pollfd polled{watch.get(), POLLIN, 0};
  return ::poll(&polled, 1, 0) == 1;
}

/// Sends a signal to a process and to the process group that it was made the leader of. To be called before it is
/// reaped, as its number may be another's afterwards.
inline void signal_group(pid_t leader, int number) {
  ::kill(leader, number); // it may have left its group
  ::kill(-leader, number);
}
inline void kill_group(pid_t leader) {
  signal_group(leader, SIGKILL);
}

/// "died by SIGSEGV", "exited with status 3": how a process with this wait status ended.
inline std::string describe_end(int status) {
  if (status == -1)
    return "ended (its exit status was taken by the application's own wait)";
  if (WIFSIGNALED(status)) {
    const char* const name = ::sigabbrev_np(WTERMSIG(status));
    return name != nullptr ? std::string("died by SIG") + name : "died by signal " + std::to_string(WTERMSIG(status));
  }
  return "exited with status " + std::to_string(WEXITSTATUS(status));
}

/// Ends this process when its parent ends. parent: who that is; if it is gone already, ends at once.
/// To be called where the parent's thread that started this process lives as long as this process is to live.
inline void end_with_parent(pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent)
    ::_exit(EXIT_FAILURE);
}

/// Ends this process and its process group, which it leads, when its parent ends: for one that has nobody else to see
/// to that. pipe: its end to read from; the parent alone holds the other one, and writes nothing. parent: as above.
///
/// When the parent is killed, the pipe's end has the kernel kill the group, even if it is stopped or takes no signals.
/// But that comes too late if this process has been killed by then, and not at all while a process that the application
/// has forked holds the pipe open. So the signal that tells the end of the parent is one that can be handled, by
/// killing the group.
inline void end_group_with_parent(pid_t parent, int pipe) {
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

/// Has this thread's waits, and those of what it starts, end when they should, and not up to 50 µs later.
inline void sleep_precisely() {
  ::prctl(PR_SET_TIMERSLACK, 1UL);
}

/// What a worker or template process does first after a fork: a process group of its own, which Ctrl-C at the terminal
/// does not reach and which can be killed together with what a task forks; the default answer to the signals that end a
/// process; nothing to read from standard input.
inline void leave_parent_behind() {
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

/// Output that waits in this process's buffers must not be written a second time by a process forked from it.
inline void flush_standard_output() {
  std::cout.flush();
  std::clog.flush();
  std::fflush(stdout);
  std::fflush(stderr); // of a worker, which has a buffer for it
}

/// After a fork: what another thread has printed since is the parent's to write.
inline void forget_standard_output() {
  ::__fpurge(stdout);
}

/// Whether something that was printed has not been written yet.
inline bool has_pending_output(std::FILE* file) {
  return ::__fpending(file) != 0;
}

/// Ends a worker: what it printed is written, nothing that the parent registered to run at exit is run.
[[noreturn]] inline void end_worker(int status) {
  flush_standard_output();
  ::_exit(status);
}

/// Starts the running program's own image anew, with the given arguments, in a process group of its own and with the
/// descriptors `inherited` open, of which some may be -1, as well as those of the application that do not close on
/// exec. Costs the same at any size of this process. Throws start_failed.
inline pid_t spawn_self(const std::vector<std::string>& arguments, std::span<const int> inherited) {
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

} // namespace crosspool::detail

#endif
