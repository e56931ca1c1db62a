// Errors of calls whose futures nobody asked: they are reported, not lost.
#ifndef CROSSPOOL_FUTURES_DROPPED_ERRORS_HPP
#define CROSSPOOL_FUTURES_DROPPED_ERRORS_HPP

#include <crosspool/error.hpp>
#include <crosspool/future.hpp>
#include <crosspool/futures/continuation.hpp>

#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace crosspool {

/// What on_dropped_error takes.
using dropped_error_hook = std::function<void(std::exception_ptr)>;

namespace detail {

inline void print_dropped_error(const std::exception_ptr& error) {
  std::string what = "something that is no std::exception";
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    what = e.what();
  } catch (...) {
  }
  std::fputs(("crosspool: a call whose future was dropped ended with: " + what + '\n').c_str(), stderr);
}

class dropped_errors {
public:
  // For ever, as calls may end after main.
  static dropped_errors& of_process() {
    static auto& all = *new dropped_errors;
    return all;
  }

  dropped_error_hook exchange(dropped_error_hook hook) {
    auto next = hook ? std::make_shared<const dropped_error_hook>(std::move(hook)) : nullptr;
    {
      const std::lock_guard lock(mutex_);
      hook_.swap(next);
    }
    return next ? *next : dropped_error_hook();
  }
  std::shared_ptr<const dropped_error_hook> hook() {
    const std::lock_guard lock(mutex_);
    return hook_;
  }
  void report(const std::exception_ptr& error) {
    if (is_of_cancelled(error))
      return;
    if (const auto reporter = hook())
      (*reporter)(error);
  }

private:
  static bool is_of_cancelled(const std::exception_ptr& error) {
    try {
      std::rethrow_exception(error);
    } catch (const cancelled&) {
      return true;
    } catch (...) {
      return false;
    }
  }

  std::mutex mutex_;
  std::shared_ptr<const dropped_error_hook> hook_ = std::make_shared<const dropped_error_hook>(print_dropped_error);
};

/// Nobody will ask what becomes of this call.
template <class T> void report_dropped(std::unique_ptr<pending<T>> of) noexcept {
  try {
    if (!of->home()->is_cancelled() && dropped_errors::of_process().hook())
      detail::when_ended(std::move(of), [](const outcome<kept_as<T>>& result) {
        if (!result)
          dropped_errors::of_process().report(result.error());
      });
  } catch (...) { // there is no memory to note it
  }
}

/// A call as its future has it, so that its error is reported if that is dropped.
template <class Call, class T> class reported final : public Call {
public:
  using Call::Call;
  void drop(std::unique_ptr<pending<T>> self) noexcept override { detail::report_dropped(std::move(self)); }
};

} // namespace detail

} // namespace crosspool

#endif
