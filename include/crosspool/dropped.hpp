// What is done with errors of calls whose futures were dropped.
#ifndef CROSSPOOL_DROPPED_HPP
#define CROSSPOOL_DROPPED_HPP

#include <crosspool/futures/dropped_errors.hpp>

#include <utility>

namespace CROSSPOOL_NAMESPACE {

/// Sets what is called with the error of a call whose future was dropped: destroyed, or assigned to, without get() or
/// then(). That is once for each such call, whenever it ends, in the thread of the continuations; the hook must not
/// throw. Errors that say that a call was cancelled, or its pool terminated, are not reported. Without another hook,
/// the error's words are written to standard error; an empty one stands for silence. Returns the hook before.
/// Thread-safe.
inline dropped_error_hook on_dropped_error(dropped_error_hook hook) {
  return detail::dropped_errors::of_process().exchange(std::move(hook));
}

} // namespace CROSSPOOL_NAMESPACE

#endif
