// How an initializer receives its arguments in a worker.
#ifndef CROSSPOOL_INITIALIZER_HPP
#define CROSSPOOL_INITIALIZER_HPP

#include <crosspool/callable.hpp>

#include <functional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace crosspool::detail {

/// Whether Init can be called with what a pool's constructor was given: as lvalues, or else as values of its own.
template <class Init, class... Args>
concept initializer_for = std::invocable<Init&, std::remove_reference_t<Args>&...> ||
                          std::invocable<Init&, std::remove_reference_t<Args>&&...>;

/// Runs init in a worker that owns the arguments' memory: they are passed as lvalues if init takes those, else moved.
template <class Init, class... Args> void run_initializer(Init& init, Args&... args) {
  if constexpr (std::invocable<Init&, Args&...>)
    static_cast<void>(std::invoke(init, args...));
  else
    static_cast<void>(std::invoke(init, std::move(args)...));
}

} // namespace crosspool::detail

#endif
