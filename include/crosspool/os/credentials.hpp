// What the system says of the rights of this process and of who speaks to it: the ground on which a process decides
// whom it obeys. Nothing here believes what the other side says of itself. Relies on Linux (AT_SECURE, SO_PEERCRED,
// SO_PEERGROUPS, capget, /proc).
#ifndef CROSSPOOL_OS_CREDENTIALS_HPP
#define CROSSPOOL_OS_CREDENTIALS_HPP

#include <crosspool/os/process.hpp>

#include <linux/capability.h>
#include <optional>
#include <sys/auxv.h>
#include <sys/stat.h>

namespace CROSSPOOL_NAMESPACE::detail {

/// Whether this program has rights that who started it need not have: set-user-ID, set-group-ID, file capabilities, or
/// ids of which only the effective ones are its own. Started anew it would get them again, whoever asks for that.
inline bool is_privileged() noexcept {
  return ::getauxval(AT_SECURE) != 0 || ::getuid() != ::geteuid() || ::getgid() != ::getegid();
}

/// What a privileged program is told that wants to do what it must not.
inline constexpr const char* why_not_privileged = "the program is privileged (set-user-ID, set-group-ID, file "
                                                  "capabilities, or real and effective ids that differ)";

// What is permitted to a process, as one bit for each capability. Nothing if that cannot be known.
std::optional<std::uint64_t> capabilities_of(pid_t pid);

// Whether the supplementary groups at the other end are this process's.
bool has_peers_groups(int socket);

/// Who made the socket's other end, with the ids that it had then. No process has number 0.
::ucred peer_of(int socket);

/// Whether there is no such process any more.
bool is_gone(pid_t pid);

/// Why this process must not obey who made the socket's other end; null if it may: that is its parent, which has every
/// right that this process has.
const char* why_not_obey(int socket, pid_t parent);

/// Whether a process runs the same file as this one. Nothing where the system does not tell: of a process that has
/// given up rights, or without /proc.
std::optional<bool> runs_this_program(pid_t pid);

/// The kinds of what a process is given by its parent.
enum class descriptor_kind { stream_socket, shared_memory, event, pipe_to_read, pipe_to_write };

/// Whether fd is of this kind, and opened for what it is for.
bool is_of_kind(int fd, descriptor_kind kind);

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/os/credentials.ipp>
#endif

#endif
