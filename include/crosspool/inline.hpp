// The inline policy: no workers at all. The thread that calls runs the tasks, one after the other, with the checks of a
// chosen policy and, where that serializes, through bytes: for debuggers, and for tests of what is to run in workers.
#ifndef CROSSPOOL_INLINE_HPP
#define CROSSPOOL_INLINE_HPP

#include <crosspool/calls/initializer.hpp>
#include <crosspool/check/diagnose.hpp> // before pool.hpp, so that an error comes with a short trail of includes
#include <crosspool/policy.hpp>
#include <crosspool/pool.hpp>
#include <crosspool/thread.hpp>
#include <crosspool/threads/inline_engine.hpp>
#ifdef __linux__
#include <crosspool/processes/round_trip.hpp>
#endif

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <type_traits>

namespace CROSSPOOL_NAMESPACE {

namespace detail {

class round_trip;

// "inline as fork"
template <class As> inline constexpr auto inline_name = [] {
  constexpr std::string_view prefix = "inline as ", name = As::name;
  std::array<char, prefix.size() + name.size()> joined{};
  std::copy(name.begin(), name.end(), std::copy(prefix.begin(), prefix.end(), joined.begin()));
  return joined;
}();

} // namespace detail

/// Like a pool of policy As, but the thread that calls runs the tasks, before the call returns: futures are ready. What
/// As refuses is refused, what As serializes makes the trip through bytes and back, and exceptions arrive as from As's
/// workers; but a crash is the program's, and what tasks and the initializer change, the program sees.
///
/// There is one worker, with this_worker::id() 0, whatever options.workers says. Of the options, those of processes
/// (max_tasks_per_worker, the limits of memory, start_timeout, grace_period, on_output, retries) mean nothing here:
/// what tasks print goes where the program's output goes. An item with a timeout runs to its end, and has timed out if
/// that was late. join() ends the worker, with its exit function and its state. Several threads may call at once, each
/// for itself, and a task may call its own pool.
template <policy As> struct inline_as {
  static constexpr std::string_view name{detail::inline_name<As>.data(), detail::inline_name<As>.size()};
  static constexpr crossing initializer = As::initializer;
  static constexpr crossing function = As::function;
  static constexpr crossing arguments = As::arguments;
  static constexpr crossing results = As::results;
  using engine = detail::inline_engine<
      std::conditional_t<arguments == crossing::serialized, detail::round_trip, detail::handed_over>>;

  /// init runs once, in this thread. Throws start_failed.
  template <class Init, class... Args>
  static std::unique_ptr<engine> start(const options& o, Init&& init, Args&&... args) {
    static_assert(detail::engine<engine>);
    return std::make_unique<engine>(o, [&] {
      if constexpr (initializer == crossing::serialized)
        detail::initialize_by_message<Init, Args...>(init, args...);
      else
        detail::run_initializer<Args...>(init, args...);
    });
  }
};

/// The caller runs the tasks, with the checks of policy As.
template <policy As = thread> using inline_pool = pool<inline_as<As>>;

} // namespace CROSSPOOL_NAMESPACE

#endif
