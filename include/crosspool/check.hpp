// Settles before the program runs whether a call can be made: reads the policy's boundary table and refuses, in
// diagnose.hpp's words, the first thing that cannot cross.
#ifndef CROSSPOOL_CHECK_HPP
#define CROSSPOOL_CHECK_HPP

#include <crosspool/diagnose.hpp>
#include <crosspool/initializer.hpp>
#include <crosspool/policy.hpp>

#include <cstddef>
#include <cstdlib>
#include <type_traits>
#include <utility>

namespace crosspool::detail {

// Refuses the first argument that cannot cross; true if there is none. Position: map_argument and the like.
template <template <std::size_t> class Position, std::size_t N> consteval bool demand_crossable() {
  return true;
}
template <template <std::size_t> class Position, std::size_t N, class First, class... Rest>
consteval bool demand_crossable() {
  if constexpr (crossable<carried_t<First>>)
    return demand_crossable<Position, N + 1, Rest...>();
  else
    return refuse<Position<N>, carried_t<First>>(), false;
}

template <class Position, class F> consteval bool demand_function_crosses() {
  if constexpr (!function_crosses<std::decay_t<F>>)
    return refuse<Position, typename faulty_part<std::decay_t<F>>::type>(), false;
  return true;
}

template <class F, class... Args> consteval bool refuse_call() {
  static_cast<void>(sizeof(cannot_be_called_in_a_worker<F, Args...>));
  return false;
}

/// True if P's pool can call F with Args; else the refusal has been instantiated.
template <policy P, template <std::size_t> class Position, class F, class... Args> consteval bool check_call() {
  if constexpr (mappable<P, F, Args...>)
    return true;
  else if constexpr (!(crossable_to<carried_t<Args>, P> && ...))
    return demand_crossable<Position, 1, Args...>();
  else if constexpr (P::function != crossing::shared && !function_crosses<std::decay_t<F>>)
    return demand_function_crosses<function_state, F>();
  else if constexpr (!callable_in_worker<P, F, Args...>)
    return refuse_call<F, Args...>();
  else
    return refuse<result, result_of<P, F, Args...>>(), false;
}

/// The same for an initializer.
template <policy P, class Init, class... Args> consteval bool check_initializer() {
  if constexpr (P::initializer == crossing::serialized)
    if constexpr (!(crossable<carried_t<Args>> && ...))
      return demand_crossable<initializer_argument, 1, Args...>();
    else if constexpr (!function_crosses<std::decay_t<Init>>)
      return demand_function_crosses<initializer_state, Init>();
    else if constexpr (!initializer_for<std::decay_t<Init>, carried_as_given<Args>...>)
      return refuse_call<Init, Args...>();
    else
      return true;
  else if constexpr (!initializer_for<std::decay_t<Init>, Args...>)
    return refuse_call<Init, Args...>();
  else
    return true;
}

// What a refused call returns whose result cannot be known: it can be taken for anything, so that no second error
// follows the first.
struct refused {
  template <class T> operator T() const { std::abort(); }
};
template <class P, class F, class... Args> consteval auto find_result_or_refused() {
  if constexpr (callable_in_worker<P, F, Args...>)
    return std::type_identity<result_of<P, F, Args...>>{};
  else
    return std::type_identity<refused>{};
}
template <class P, class F, class... Args>
using result_or_refused = typename decltype(find_result_or_refused<P, F, Args...>())::type;

} // namespace crosspool::detail

#endif
