// Who starts worker processes and knows how they ended: what the policies of processes differ in.
#ifndef CROSSPOOL_PROCESSES_WORKER_SOURCE_HPP
#define CROSSPOOL_PROCESSES_WORKER_SOURCE_HPP

#include <crosspool/os/process.hpp>

#include <array>
#include <cstddef>
#include <exception>
#include <optional>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

/// What a worker is given when it is started, in this order. The last may be missing, and is -1 then.
struct worker_descriptors {
  enum { socket, memory, requests, door, bell, output, count };
  std::array<int, count> fd;

  [[nodiscard]] std::size_t present() const noexcept { return fd.back() < 0 ? count - 1 : count; }
};

/// Used by an engine's service thread only.
class worker_source : not_copied {
public:
  struct event {
    enum { started, not_started, ended } what;
    int id = -1;              // worker that started or did not
    pid_t pid = 0;            // process that started or ended
    int status = -1;          // its wait status; -1: unknown
    std::exception_ptr why{}; // it did not start
  };

  virtual ~worker_source() = default;

  /// Begins to start worker id with these descriptors, which stay the caller's. What became of it is returned, or comes
  /// as an event.
  virtual std::optional<event> start(int id, const worker_descriptors& given) = 0;
  /// Sends a signal to a worker and what it has forked; its end comes as an event.
  virtual void signal(pid_t pid, int number) = 0;
  /// No worker will be asked for any more.
  virtual void finish() {}
  /// Adds the descriptors that become readable when there may be an event.
  virtual void add_to(std::vector<::pollfd>& polled) const = 0;
  /// What has happened since it was last asked.
  virtual std::vector<event> events() = 0;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
