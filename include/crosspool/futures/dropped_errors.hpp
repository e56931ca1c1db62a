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
#include <utility>

namespace CROSSPOOL_NAMESPACE {

/// What on_dropped_error takes.
using dropped_error_hook = std::function<void(std::exception_ptr)>;

namespace detail {

void print_dropped_error(const std::exception_ptr& error);

class dropped_errors {
public:
  // For ever, as calls may end after main.
  static dropped_errors& of_process();

  dropped_error_hook exchange(dropped_error_hook hook);
  std::shared_ptr<const dropped_error_hook> hook();
  void report(const std::exception_ptr& error);

private:
  static bool is_of_cancelled(const std::exception_ptr& error);

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

} // namespace CROSSPOOL_NAMESPACE

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/futures/dropped_errors.ipp>
#endif

#endif
