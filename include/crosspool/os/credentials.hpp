// What the system says of the rights of this process and of who speaks to it: the ground on which a process decides
// whom it obeys. Nothing here believes what the other side says of itself. Relies on Linux (AT_SECURE, SO_PEERCRED,
// SO_PEERGROUPS, capget, /proc).
#ifndef CROSSPOOL_OS_CREDENTIALS_HPP
#define CROSSPOOL_OS_CREDENTIALS_HPP

#include <crosspool/os/process.hpp>

#include <algorithm>
#include <linux/capability.h>
#include <optional>
#include <string>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <vector>

namespace crosspool::detail {

/// Whether this program has rights that who started it need not have: set-user-ID, set-group-ID, file capabilities, or
/// ids of which only the effective ones are its own. Started anew it would get them again, whoever asks for that.
inline bool is_privileged() noexcept {
  return ::getauxval(AT_SECURE) != 0 || ::getuid() != ::geteuid() || ::getgid() != ::getegid();
}

/// What a privileged program is told that wants to do what it must not.
inline constexpr const char* why_not_privileged = "the program is privileged (set-user-ID, set-group-ID, file "
                                                  "capabilities, or real and effective ids that differ)";

// What is permitted to a process, as one bit for each capability. Nothing if that cannot be known.
inline std::optional<std::uint64_t> capabilities_of(pid_t pid) {
  ::__user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, pid};
  ::__user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3]{};
  if (::syscall(SYS_capget, &header, sets) != 0)
    return std::nullopt;
  return sets[0].permitted | std::uint64_t{sets[1].permitted} << 32U;
}

// Whether the supplementary groups at the other end are this process's.
inline bool has_peers_groups(int socket) {
  std::vector<::gid_t> own(static_cast<std::size_t>(std::max(0, ::getgroups(0, nullptr))));
  own.resize(static_cast<std::size_t>(std::max(0, ::getgroups(static_cast<int>(own.size()), own.data()))));
  std::vector<::gid_t> others(own.size());
  auto size = static_cast<::socklen_t>(others.size() * sizeof(::gid_t));
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, others.data(), &size) != 0)
    return errno == ENOPROTOOPT; // a system that does not tell
  others.resize(size / sizeof(::gid_t));
  std::ranges::sort(own);
  std::ranges::sort(others);
  return own == others;
}

/// Who made the socket's other end, with the ids that it had then. No process has number 0.
inline ::ucred peer_of(int socket) {
  ::ucred peer{};
  ::socklen_t size = sizeof peer;
  return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? peer : ::ucred{};
}

/// Whether there is no such process any more.
inline bool is_gone(pid_t pid) {
  const descriptor watch(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  return watch ? has_ended(watch) : errno == ESRCH;
}

/// Why this process must not obey who made the socket's other end; null if it may: that is its parent, which has every
/// right that this process has.
inline const char* why_not_obey(int socket, pid_t parent) {
  const auto peer = peer_of(socket);
  if (peer.pid != parent || parent == 0) // which each process is to those of other namespaces
    return "who commands it is not its parent";
  if (peer.uid != ::geteuid() || peer.gid != ::getegid() || !has_peers_groups(socket))
    return "who commands it is another user or in other groups";
  if (::geteuid() != 0) { // the superuser has them all again in what he starts
    const auto own = capabilities_of(0), parents = capabilities_of(parent);
    if (own && (!parents || (*own & ~*parents) != 0))
      return "who commands it has not its capabilities";
  }
  return nullptr;
}

/// Whether a process runs the same file as this one. Nothing where the system does not tell: of a process that has
/// given up rights, or without /proc.
inline std::optional<bool> runs_this_program(pid_t pid) {
  struct ::stat own{}, other{};
  const auto link = "/proc/" + std::to_string(pid) + "/exe";
  if (::stat("/proc/self/exe", &own) != 0 || ::stat(link.c_str(), &other) != 0)
    return std::nullopt;
  return own.st_dev == other.st_dev && own.st_ino == other.st_ino;
}

/// The kinds of what a process is given by its parent.
enum class descriptor_kind { stream_socket, shared_memory, event, pipe_to_read, pipe_to_write };

/// Whether fd is of this kind, and opened for what it is for.
inline bool is_of_kind(int fd, descriptor_kind kind) {
  struct ::stat status{};
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0 || (flags & O_PATH) != 0 || ::fstat(fd, &status) != 0)
    return false;
  const auto opened_for = [&](int access) { return (flags & O_ACCMODE) == access; };
  switch (kind) {
  case descriptor_kind::stream_socket: {
    const auto option = [&](int name) {
      int value = -1;
      ::socklen_t size = sizeof value;
      return ::getsockopt(fd, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
    };
    return option(SO_DOMAIN) == AF_UNIX && option(SO_TYPE) == SOCK_STREAM && option(SO_ACCEPTCONN) == 0;
  }
  case descriptor_kind::shared_memory: { // only such a file has seals
    const int seals = ::fcntl(fd, F_GET_SEALS);
    return S_ISREG(status.st_mode) && opened_for(O_RDWR) && seals >= 0 && (seals & F_SEAL_SHRINK) != 0;
  }
  case descriptor_kind::event: { // no file of a folder; which of these, only its name tells
    char name[32]{};
    const auto link = "/proc/self/fd/" + std::to_string(fd);
    const auto size = ::readlink(link.c_str(), name, sizeof name - 1);
    return (status.st_mode & S_IFMT) == 0 && opened_for(O_RDWR) && (flags & O_NONBLOCK) != 0 &&
           (size < 0 || std::strcmp(name, "anon_inode:[eventfd]") == 0);
  }
  case descriptor_kind::pipe_to_read:
    return S_ISFIFO(status.st_mode) && opened_for(O_RDONLY);
  case descriptor_kind::pipe_to_write:
    return S_ISFIFO(status.st_mode) && opened_for(O_WRONLY);
  }
  return false;
}

} // namespace crosspool::detail

#endif
