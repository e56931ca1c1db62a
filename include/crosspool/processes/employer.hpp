// Whom a crew of worker processes asks and tells: the engine, as the crew sees it.
#ifndef CROSSPOOL_PROCESSES_EMPLOYER_HPP
#define CROSSPOOL_PROCESSES_EMPLOYER_HPP

#include <crosspool/version.hpp>

#include <exception>

namespace CROSSPOOL_NAMESPACE::detail {

/// Its functions are called with the engine's lock held.
class employer : not_copied {
public:
  /// Whether there is something to do, or may come, for which a worker that has ended is to be replaced.
  [[nodiscard]] virtual bool expects_work() const = 0;
  /// Whether the pool has been ended, so that nothing is run again.
  [[nodiscard]] virtual bool is_terminating() const = 0;
  /// Something has changed that those who wait may wait for.
  virtual void tell_those_who_wait() = 0;
  /// No worker can be had.
  virtual void give_up(const std::exception_ptr& why) = 0;

protected:
  ~employer() = default;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
