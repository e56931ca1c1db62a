// What crosspool asks of the operating system, all in one place: descriptors that close on exec, processes of one's own
// to start, watch and name, the words for how they ended.
// Relies on Linux 5.3 (pidfd_open).
#ifndef CROSSPOOL_OS_PROCESS_HPP
#define CROSSPOOL_OS_PROCESS_HPP

#include <crosspool/error.hpp>

#include <csignal>
#include <cstddef>
#include <fcntl.h>
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

namespace CROSSPOOL_NAMESPACE::detail {

/// A start_failed that says which resource ran out.
start_failed no_resource(int code, const std::string& what);

/// While a thread holds this, no pool of this process forks: for what must not be caught half done by a fork.
inline std::mutex fork_gate;

/// Removes value, whatever that does to the order of the others. False if it is not there.
bool remove_from(std::vector<int>& values, int value);

// The descriptors that pools of this process own, so that a process forked from it can close those that are not meant
// for it.
class descriptor_registry {
public:
  /// Never destroyed: a pool may end after main, and its thread may be at work while the program exits.
  static descriptor_registry& instance();
  void add(int fd);
  void close(int fd);
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
  explicit descriptor(int fd);
  descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept;
  ~descriptor() { reset(); }

  void reset();
  [[nodiscard]] int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }

private:
  int fd_ = -1;
};

/// Two connected ends. type: SOCK_STREAM or SOCK_SEQPACKET.
std::pair<descriptor, descriptor> socket_pair(int type);

/// A pipe: the end to read from, and that to write to.
std::pair<descriptor, descriptor> make_pipe();

/// A descriptor that becomes readable when process pid has ended.
descriptor watch_process(pid_t pid);

/// A wake-up that another thread can give to a thread in poll().
class wake_up {
public:
  wake_up();
  void give() const noexcept { static_cast<void>(::eventfd_write(event_.get(), 1)); }
  void take() const noexcept;
  [[nodiscard]] int get() const noexcept { return event_.get(); }

private:
  descriptor event_;
};

/// Waits for pid, whatever interrupts. Returns its wait status, or -1 if somebody else has taken it.
int reap(pid_t pid);

/// Whether the process that a descriptor of watch_process is for has ended.
bool has_ended(const descriptor& watch);

/// Sends a signal to a process and to the process group that it was made the leader of. To be called before it is
/// reaped, as its number may be another's afterwards.
void signal_group(pid_t leader, int number);
inline void kill_group(pid_t leader) {
  signal_group(leader, SIGKILL);
}

/// "died by SIGSEGV", "exited with status 3": how a process with this wait status ended.
std::string describe_end(int status);

/// Ends this process when its parent ends. parent: who that is; if it is gone already, ends at once.
/// To be called where the parent's thread that started this process lives as long as this process is to live.
void end_with_parent(pid_t parent);

/// Ends this process and its process group, which it leads, when its parent ends: for one that has nobody else to see
/// to that. pipe: its end to read from; the parent alone holds the other one, and writes nothing. parent: as above.
///
/// When the parent is killed, the pipe's end has the kernel kill the group, even if it is stopped or takes no signals.
/// But that comes too late if this process has been killed by then, and not at all while a process that the application
/// has forked holds the pipe open. So the signal that tells the end of the parent is one that can be handled, by
/// killing the group.
void end_group_with_parent(pid_t parent, int pipe);

/// Has this thread's waits, and those of what it starts, end when they should, and not up to 50 µs later.
inline void sleep_precisely() {
  ::prctl(PR_SET_TIMERSLACK, 1UL);
}

/// What a worker or template process does first after a fork: a process group of its own, which Ctrl-C at the terminal
/// does not reach and which can be killed together with what a task forks; the default answer to the signals that end a
/// process; nothing to read from standard input.
void leave_parent_behind();

/// Output that waits in this process's buffers must not be written a second time by a process forked from it.
void flush_standard_output();

/// After a fork: what another thread has printed since is the parent's to write.
inline void forget_standard_output() {
  ::__fpurge(stdout);
}

/// Whether something that was printed has not been written yet.
inline bool has_pending_output(std::FILE* file) {
  return ::__fpending(file) != 0;
}

/// Ends a worker: what it printed is written, nothing that the parent registered to run at exit is run.
[[noreturn]] void end_worker(int status);

/// Starts the running program's own image anew, with the given arguments, in a process group of its own and with the
/// descriptors `inherited` open, of which some may be -1, as well as those of the application that do not close on
/// exec. Costs the same at any size of this process. Throws start_failed.
pid_t spawn_self(const std::vector<std::string>& arguments, std::span<const int> inherited);

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/os/process.ipp>
#endif

#endif
