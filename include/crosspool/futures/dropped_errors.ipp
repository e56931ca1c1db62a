// What of futures/dropped_errors.hpp depends on no type of the user's.
#ifndef CROSSPOOL_FUTURES_DROPPED_ERRORS_IPP
#define CROSSPOOL_FUTURES_DROPPED_ERRORS_IPP

#include <crosspool/futures/dropped_errors.hpp>

#include <string>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE void print_dropped_error(const std::exception_ptr& error) {
  std::string what = "something that is no std::exception";
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    what = e.what();
  } catch (...) {
  }
  std::fputs(("crosspool: a call whose future was dropped ended with: " + what + '\n').c_str(), stderr);
}

CROSSPOOL_INLINE auto dropped_errors::of_process() -> dropped_errors& {
  static auto& all = *new dropped_errors;
  return all;
}

CROSSPOOL_INLINE auto dropped_errors::exchange(dropped_error_hook hook) -> dropped_error_hook {
  auto next = hook ? std::make_shared<const dropped_error_hook>(std::move(hook)) : nullptr;
  {
    const std::lock_guard lock(mutex_);
    hook_.swap(next);
  }
  return next ? *next : dropped_error_hook();
}

CROSSPOOL_INLINE std::shared_ptr<const dropped_error_hook> dropped_errors::hook() {
  const std::lock_guard lock(mutex_);
  return hook_;
}

CROSSPOOL_INLINE void dropped_errors::report(const std::exception_ptr& error) {
  if (is_of_cancelled(error))
    return;
  if (const auto reporter = hook())
    (*reporter)(error);
}

CROSSPOOL_INLINE bool dropped_errors::is_of_cancelled(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const cancelled&) {
    return true;
  } catch (...) {
    return false;
  }
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
