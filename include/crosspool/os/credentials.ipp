// What of os/credentials.hpp depends on no type of the user's.
#ifndef CROSSPOOL_OS_CREDENTIALS_IPP
#define CROSSPOOL_OS_CREDENTIALS_IPP

#include <crosspool/os/credentials.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE std::optional<std::uint64_t> capabilities_of(pid_t pid) {
  ::__user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, pid};
  ::__user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3]{};
  if (::syscall(SYS_capget, &header, sets) != 0)
    return std::nullopt;
  return sets[0].permitted | std::uint64_t{sets[1].permitted} << 32U;
}

CROSSPOOL_INLINE bool has_peers_groups(int socket) {
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

CROSSPOOL_INLINE ::ucred peer_of(int socket) {
  ::ucred peer{};
  ::socklen_t size = sizeof peer;
  return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? peer : ::ucred{};
}

CROSSPOOL_INLINE bool is_gone(pid_t pid) {
  const descriptor watch(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  return watch ? has_ended(watch) : errno == ESRCH;
}

CROSSPOOL_INLINE const char* why_not_obey(int socket, pid_t parent) {
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

CROSSPOOL_INLINE std::optional<bool> runs_this_program(pid_t pid) {
  struct ::stat own{}, other{};
  const auto link = "/proc/" + std::to_string(pid) + "/exe";
  if (::stat("/proc/self/exe", &own) != 0 || ::stat(link.c_str(), &other) != 0)
    return std::nullopt;
  return own.st_dev == other.st_dev && own.st_ino == other.st_ino;
}

CROSSPOOL_INLINE bool is_of_kind(int fd, descriptor_kind kind) {
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

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
