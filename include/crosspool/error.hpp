// The exceptions of crosspool. All derive from crosspool::error, itself a std::runtime_error; a standard exception
// thrown by a task arrives as its own type instead (see exception_transfer.hpp).
#ifndef CROSSPOOL_ERROR_HPP
#define CROSSPOOL_ERROR_HPP

#include <crosspool/version.hpp>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>

namespace CROSSPOOL_NAMESPACE {

/// Base of everything that crosspool itself reports.
class error : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A pool could not be made: no process or descriptor to be had, an initializer that threw or died, a missing
/// crosspool::init. Whatever had been started is gone again.
class start_failed : public error {
  using error::error;
};

/// The pool was closed or terminated before this call.
class pool_closed : public error {
  using error::error;
};

/// The item was taken back before it had a result: cancel(), terminate(), or a range that threw midway.
class cancelled : public error {
  using error::error;
};

/// The process that held an item is gone.
class worker_died : public error {
public:
  /// signal: the signal's number, or 0 if the process exited by itself. exit_status: its status then; -1 if a signal
  /// ended it, or if nobody could tell (the application reaped the process first).
  worker_died(const std::string& what, std::size_t item, int pid, int signal, int exit_status)
      : error(what), item_(item), pid_(pid), signal_(signal), exit_status_(exit_status) {}

  /// Index of the item in its call, from 0.
  [[nodiscard]] std::size_t item() const noexcept { return item_; }
  [[nodiscard]] int pid() const noexcept { return pid_; }
  [[nodiscard]] int signal() const noexcept { return signal_; }
  [[nodiscard]] int exit_status() const noexcept { return exit_status_; }

private:
  std::size_t item_;
  int pid_;
  int signal_;
  int exit_status_;
};

/// The item had not ended when its time was over.
class task_timed_out : public error {
public:
  task_timed_out(const std::string& what, std::size_t item) : error(what), item_(item) {}

  /// Index of the item in its call, from 0.
  [[nodiscard]] std::size_t item() const noexcept { return item_; }

private:
  std::size_t item_;
};

/// The item needed more memory than options.memory_limit allows.
class memory_limit_exceeded : public error {
  using error::error;
};

/// A task threw something whose own type cannot be rebuilt here. what() is what it said.
class remote_error : public error {
public:
  remote_error(std::string type, const std::string& what) : error(what), type_(std::move(type)) {}

  /// The readable name of the type that was thrown.
  [[nodiscard]] const std::string& type() const noexcept { return type_; }

private:
  std::string type_;
};

} // namespace CROSSPOOL_NAMESPACE

#endif
