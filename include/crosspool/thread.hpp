// The thread policy. Workers are threads of the program: nothing is sent anywhere, and nothing is isolated.
// Relies on the standard library only.
#ifndef CROSSPOOL_THREAD_HPP
#define CROSSPOOL_THREAD_HPP

#include <crosspool/calls/initializer.hpp>
#include <crosspool/check/diagnose.hpp> // before pool.hpp, so that an error comes with a short trail of includes
#include <crosspool/policy.hpp>
#include <crosspool/pool.hpp>
#include <crosspool/threads/engine.hpp>

#include <concepts>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace CROSSPOOL_NAMESPACE {

namespace detail {

template <class Arg> decltype(auto) shared_or_copied(std::remove_reference_t<Arg>& arg) {
  if constexpr (std::is_lvalue_reference_v<Arg>)
    return (arg);
  else
    return std::decay_t<Arg>(std::as_const(arg));
}

} // namespace detail

/// Workers are threads: everything is shared, so every argument is fine and an object that tasks change needs a lock.
/// A crash is the program's; a task cannot be stopped: with a timeout, it is the wait for it that ends.
struct thread {
  static constexpr std::string_view name = "thread";
  static constexpr crossing initializer = crossing::shared;
  static constexpr crossing function = crossing::shared;
  static constexpr crossing arguments = crossing::shared;
  static constexpr crossing results = crossing::shared;
  using engine = detail::thread_engine;

  /// init runs once in each worker, in several at a time. Throws start_failed.
  template <class Init, class... Args>
  static std::unique_ptr<engine> start(const options& o, Init&& init, Args&&... args) {
    return std::make_unique<engine>(o, [&] {
      if constexpr (std::invocable<Init&, std::remove_reference_t<Args>&...>)
        static_cast<void>(std::invoke(init, args...));
      else // an rvalue cannot go to several: each worker gets a copy
        static_cast<void>(std::invoke(init, detail::shared_or_copied<Args>(args)...));
    });
  }
};

static_assert(policy<thread>);

/// Workers are threads.
using thread_pool = pool<thread>;

} // namespace CROSSPOOL_NAMESPACE

#endif
