// Settles before the program runs why a call cannot be made: reads the policy's boundary table and finds the first
// thing that cannot cross. The words are diagnose.hpp's.
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

// The first of Args that cannot cross, as a refusal at its Position (map_argument and the like).
template <template <std::size_t> class Position, std::size_t N, class First, class... Rest>
consteval auto find_faulty_argument() {
  if constexpr (crossable<carried_t<First>>)
    return find_faulty_argument<Position, N + 1, Rest...>();
  else
    return std::type_identity<refusal<Position<N>, carried_t<First>>>{};
}

template <policy P, template <std::size_t> class Position, class F, class... Args> consteval auto find_fault() {
  if constexpr (!(crossable_to<carried_t<Args>, P> && ...))
    return find_faulty_argument<Position, 1, Args...>();
  else if constexpr (P::function != crossing::shared && !function_crosses<std::decay_t<F>>)
    return std::type_identity<refusal<function_state, typename faulty_part<std::decay_t<F>>::type>>{};
  else if constexpr (!callable_in_worker<P, F, Args...>)
    return std::type_identity<cannot_be_called_in_a_worker<F, Args...>>{};
  else
    return std::type_identity<refusal<result, result_of<P, F, Args...>>>{};
}

/// Why P's pool cannot call F with Args: a type whose completion is the error. For calls that are not mappable.
template <policy P, template <std::size_t> class Position, class F, class... Args>
using fault = typename decltype(find_fault<P, Position, F, Args...>())::type;

// How an initializer's arguments reach it.
template <class P, class Arg>
using initializer_gets = std::conditional_t<P::initializer == crossing::serialized, carried_as_given<Arg>, Arg>;

/// Whether Init can initialize P's workers with Args.
template <class P, class Init, class... Args>
concept initializable = (P::initializer != crossing::serialized ||
                         (function_crosses<std::decay_t<Init>> && (crossable<carried_t<Args>> && ...))) &&
                        initializer_for<std::decay_t<Init>, initializer_gets<P, Args>...>;

template <policy P, class Init, class... Args> consteval auto find_initializer_fault() {
  if constexpr (P::initializer != crossing::serialized)
    return std::type_identity<cannot_be_called_in_a_worker<Init, Args...>>{};
  else if constexpr (!(crossable<carried_t<Args>> && ...))
    return find_faulty_argument<initializer_argument, 1, Args...>();
  else if constexpr (!function_crosses<std::decay_t<Init>>)
    return std::type_identity<refusal<initializer_state, typename faulty_part<std::decay_t<Init>>::type>>{};
  else
    return std::type_identity<cannot_be_called_in_a_worker<Init, Args...>>{};
}

/// Why it cannot.
template <policy P, class Init, class... Args>
using initializer_fault = typename decltype(find_initializer_fault<P, Init, Args...>())::type;

// What a refused call returns whose result cannot be known: it can be taken for anything, so that no second error
// follows the first.
struct refused {
  template <class T> operator T() const { std::abort(); }
};
// What such a call returns if its result is known.
template <class T> T never_made() {
  std::abort();
}
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
