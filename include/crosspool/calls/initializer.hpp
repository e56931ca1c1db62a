// How an initializer receives its arguments in a worker.
#ifndef CROSSPOOL_CALLS_INITIALIZER_HPP
#define CROSSPOOL_CALLS_INITIALIZER_HPP

#include <crosspool/check/callable.hpp>
#include <crosspool/check/type_name.hpp>
#include <crosspool/error.hpp>
#include <crosspool/os/demangle.hpp>

#include <concepts>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <typeinfo>
#include <utility>

namespace CROSSPOOL_NAMESPACE::detail {

// An argument's own type, but an lvalue if it was given as one.
template <class Arg>
using carried_as_given = std::conditional_t<std::is_lvalue_reference_v<Arg>, carried_t<Arg>&, carried_t<Arg>>;

/// Whether Init can be called with what a pool's constructor was given, of types Args (lvalue references or values): as
/// it was given, or all as lvalues, or all moved.
template <class Init, class... Args>
concept initializer_for = std::invocable<Init&, Args&&...> ||
                          std::invocable<Init&, std::remove_reference_t<Args>&...> ||
                          std::invocable<Init&, std::remove_reference_t<Args>&&...>;

/// Whether the arguments can go to several workers at once: as lvalues, or else the rvalues among them as copies.
template <class Init, class... Args>
concept shareable_arguments = std::invocable<Init&, std::remove_reference_t<Args>&...> ||
                              ((std::is_lvalue_reference_v<Args> || std::copy_constructible<std::decay_t<Args>>) &&
                               ...);

/// Runs init in a worker that owns the arguments' memory.
template <class... Args, class Init>
  requires initializer_for<Init, Args...>
void run_initializer(Init& init, std::remove_reference_t<Args>&... args) {
  if constexpr (std::invocable<Init&, Args&&...>)
    static_cast<void>(std::invoke(init, static_cast<Args&&>(args)...));
  else if constexpr (std::invocable<Init&, std::remove_reference_t<Args>&...>)
    static_cast<void>(std::invoke(init, args...));
  else
    static_cast<void>(std::invoke(init, std::move(args)...));
}

/// What runs a pool's initializer in a worker, as an engine sees it: refers to anything that can be called without
/// arguments, and that outlives it.
class initialize_ref {
public:
  template <class F>
    requires(!std::is_same_v<F, initialize_ref>)
  initialize_ref(const F& f) // NOLINT(google-explicit-constructor): any function will do
      : function_(std::addressof(f)), call_([](const void* function) { (*static_cast<const F*>(function))(); }) {}

  void operator()() const { call_(function_); }

private:
  const void* function_;
  void (*call_)(const void*);
};

/// Runs initialize() in the program itself, for the worker of this number. Returns why the pool cannot start, or null.
inline std::exception_ptr failure_of_initializer(int id, initialize_ref initialize) {
  const auto prefix = "crosspool: worker " + std::to_string(id) + ": the initializer threw ";
  try {
    initialize();
    return nullptr;
  } catch (const std::exception& e) {
    return std::make_exception_ptr(start_failed(prefix + demangle(typeid(e)) + ": " + e.what()));
  } catch (...) {
    return std::make_exception_ptr(start_failed(prefix + "something that is no std::exception"));
  }
}

// What Init returns when it is so run; void if it cannot be.
template <class Init, class... Args> consteval auto find_initializer_result() {
  if constexpr (std::invocable<Init&, Args&&...>)
    return std::type_identity<std::invoke_result_t<Init&, Args&&...>>{};
  else if constexpr (std::invocable<Init&, std::remove_reference_t<Args>&...>)
    return std::type_identity<std::invoke_result_t<Init&, std::remove_reference_t<Args>&...>>{};
  else if constexpr (initializer_for<Init, Args...>)
    return std::type_identity<std::invoke_result_t<Init&, std::remove_reference_t<Args>&&...>>{};
  else
    return std::type_identity<void>{};
}
template <class Init, class... Args>
using initializer_result = typename decltype(find_initializer_result<Init, Args...>())::type;

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
