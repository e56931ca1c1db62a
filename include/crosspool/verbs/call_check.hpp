// Settles before the program runs why a call cannot be made: reads the policy's boundary table and finds all that
// cannot cross. The words are reasons.hpp's.
#ifndef CROSSPOOL_VERBS_CALL_CHECK_HPP
#define CROSSPOOL_VERBS_CALL_CHECK_HPP

#include <crosspool/calls/initializer.hpp>
#include <crosspool/check/diagnose.hpp>
#include <crosspool/check/refusal.hpp>
#include <crosspool/mappable.hpp>
#include <crosspool/policy.hpp>
#include <crosspool/verbs/inspect.hpp>
#include <crosspool/verbs/misfit.hpp>

#include <concepts>
#include <cstddef>
#include <cstdlib>
#include <type_traits>
#include <utility>
#include <variant>

namespace CROSSPOOL_NAMESPACE::detail {

template <class Position, class T> consteval auto fault_if_any() {
  if constexpr (crossable<T>)
    return types<>{};
  else
    return types<fault_at<Position, T>>{};
}

// The fault of a function. What std wraps around one hides it.
template <class F> struct called_inside : std::type_identity<F> {};
template <class F, class... State> struct called_inside<bound<F, State...>> : called_inside<F> {};
template <class Position, class F> consteval auto find_function_fault() {
  using faulty = typename faulty_part<F>::type;
  if constexpr (std::is_same_v<faulty, typename called_inside<F>::type> && in_std<faulty> &&
                find_known(std_name(type_name<faulty>())) == kind::value)
    return types<also<Position, faulty, path<>, wrapped_by_std<faulty>>>{};
  else
    return types<fault_at<Position, faulty>>{};
}

// All of Args that cannot cross, each at its Position (map_argument and the like), and the function, if that cannot.
template <template <std::size_t> class Position, class FunctionPosition, class F, class... Args, std::size_t... I>
consteval auto find_faults(std::index_sequence<I...>) {
  using of_arguments = decltype((types<>{} + ... + decltype(fault_if_any<Position<I + 1>, sent_t<Args>>()){}));
  if constexpr (function_crosses<std::decay_t<F>>)
    return of_arguments{};
  else
    return decltype(of_arguments{} + find_function_fault<FunctionPosition, std::decay_t<F>>()){};
}
template <template <std::size_t> class Position, class FunctionPosition, class F, class... Args>
using faults = decltype(find_faults<Position, FunctionPosition, F, Args...>(std::index_sequence_for<Args...>{}));

// All of Args that cannot be moved.
template <template <std::size_t> class Position, class... Args, std::size_t... I>
consteval auto find_not_movables(std::index_sequence<I...>) {
  return decltype((types<>{} + ... + not_movable_if_any<Position<I + 1>, sent_t<Args>>())){};
}
template <template <std::size_t> class Position, class... Args>
using not_movables = decltype(find_not_movables<Position, Args...>(std::index_sequence_for<Args...>{}));

// Of a call whose arguments and function can cross and that is not callable_in_worker.
template <class P, template <std::size_t> class Position, class F, class... Args> consteval auto find_call_fault() {
  if constexpr (!called_in_worker<P, F, Args...>)
    return std::type_identity<cannot_be_called_in_a_worker<F, why_not_called<P, F, Args...>>>{};
  else
    return decltype(detail::as_one(not_movables<Position, Args...>{})){};
}

template <policy P, template <std::size_t> class Position, class F, class... Args> consteval auto find_fault() {
  if constexpr (P::arguments == crossing::serialized &&
                !std::is_same_v<faults<Position, function_state, F, Args...>, types<>>)
    return decltype(detail::as_one(faults<Position, function_state, F, Args...>{})){};
  else if constexpr (!callable_in_worker<P, F, Args...>)
    return find_call_fault<P, Position, F, Args...>();
  else if constexpr (P::results == crossing::serialized && !std::move_constructible<result_of<P, F, Args...>>)
    return decltype(detail::as_one(not_movable_if_any<result, result_of<P, F, Args...>>())){};
  else if constexpr (!result_can_be_kept<P, F, Args...>)
    return std::type_identity<result_cannot_be_kept<result_of<P, F, Args...>>>{};
  else
    return std::type_identity<refusal<result, result_of<P, F, Args...>>>{};
}

/// Why P's pool cannot call F with Args: a type whose completion is the error. For calls that are not mappable.
template <policy P, template <std::size_t> class Position, class F, class... Args>
using fault_of_call = typename decltype(find_fault<P, Position, F, Args...>())::type;

// The types whose values cross as parts of a function.
template <class F> struct function_parts {
  using type = types<F>;
};
template <class F, class... State> struct function_parts<bound<F, State...>> {
  using type = decltype(typename function_parts<F>::type{} + types<State...>{});
};
template <std::derived_from<function_wrapper> W>
struct function_parts<W> : function_parts<std::decay_t<typename W::wrapped>> {};

template <class Position, class... T>
auto classes_in_each(types<T...>) -> decltype((types<>{} + ... + classes_at<Position, T>{}));

// The classes whose cereal functions run when F and Args go to a worker in the way How.
template <crossing How, template <std::size_t> class Position, class FunctionPosition, class F, class... Args,
          std::size_t... I>
consteval auto find_classes(std::index_sequence<I...>) {
  if constexpr (How != crossing::serialized)
    return types<>{};
  else
    return decltype((detail::classes_in_each<FunctionPosition>(typename function_parts<std::decay_t<F>>::type{}) + ... +
                     classes_at<Position<I + 1>, sent_t<Args>>{})){};
}

// And when the result comes back.
template <class P, class F, class... Args> consteval auto find_classes_of_result() {
  if constexpr (P::results != crossing::serialized)
    return types<>{};
  else
    return classes_at<result, result_of<P, F, Args...>>{};
}

// Each class once.
template <class... Known> types<Known...> distinct(types<Known...>, types<>);
template <class... Known, class I, class... Rest> consteval auto distinct(types<Known...> known, types<I, Rest...>) {
  if constexpr ((std::is_same_v<typename I::inspected, typename Known::inspected> || ...))
    return decltype(detail::distinct(known, types<Rest...>{})){};
  else
    return decltype(detail::distinct(types<Known..., I>{}, types<Rest...>{})){};
}

/// Names what inspect() is to look at: decltype(inspect(classes_of_call<…>{})) is std::true_type, or the error.
template <policy P, template <std::size_t> class Position, class F, class... Args>
using classes_of_call = decltype(detail::distinct(
    types<>{}, find_classes<P::arguments, Position, function_state, F, Args...>(std::index_sequence_for<Args...>{}) +
                   find_classes_of_result<P, F, Args...>()));
template <policy P, class Init, class... Args>
using classes_of_initializer = decltype(detail::distinct(
    types<>{}, find_classes<P::initializer, initializer_argument, initializer_state, Init, Args...>(
                   std::index_sequence_for<Args...>{})));

// How an initializer's arguments reach it.
template <class P, class Arg>
using initializer_gets = std::conditional_t<P::initializer == crossing::serialized, carried_as_given<Arg>, Arg>;

// The initializer, likewise: serialized, as the worker's own.
template <class P, class Init>
using initializer_called_as = std::conditional_t<P::initializer == crossing::serialized, std::decay_t<Init>&, Init&>;

/// Whether Init can initialize P's workers with Args.
template <class P, class Init, class... Args>
concept initializable = (P::initializer != crossing::serialized ||
                         (function_crosses<std::decay_t<Init>> && (crossable<carried_t<Args>> && ...))) &&
                        initializer_for<initializer_called_as<P, Init>, initializer_gets<P, Args>...> &&
                        (P::initializer != crossing::shared ||
                         shareable_arguments<initializer_called_as<P, Init>, Args...>);

template <policy P, class Init, class... Args> consteval auto find_initializer_fault() {
  if constexpr (P::initializer == crossing::serialized &&
                !std::is_same_v<faults<initializer_argument, initializer_state, Init, Args...>, types<>>)
    return decltype(detail::as_one(faults<initializer_argument, initializer_state, Init, Args...>{})){};
  else
    return std::type_identity<cannot_be_called_in_a_worker<
        Init, reason_against<initializer_called_as<P, Init>, void, initializer_gets<P, Args>&&...>>>{};
}

/// Why it cannot.
template <policy P, class Init, class... Args>
using initializer_fault = typename decltype(find_initializer_fault<P, Init, Args...>())::type;

// What a refused call returns whose result cannot be known: it can be taken for anything, and has what results are most
// often asked for, so that seldom a second error follows the first.
struct refused {
  template <class T> operator T() const { std::abort(); }
  template <class T> refused operator[](const T&) const { std::abort(); }
  refused operator*() const { std::abort(); }
  const refused* operator->() const { std::abort(); }
  [[nodiscard]] refused* begin() const { std::abort(); }
  [[nodiscard]] refused* end() const { std::abort(); }
  [[nodiscard]] std::size_t size() const { std::abort(); }
  [[nodiscard]] bool empty() const { std::abort(); }
  [[nodiscard]] bool has_value() const { std::abort(); }
  [[nodiscard]] refused value() const { std::abort(); }
  [[nodiscard]] refused get() const { std::abort(); }
  [[nodiscard]] refused front() const { std::abort(); }
  [[nodiscard]] refused back() const { std::abort(); }
  template <class T> refused at(const T&) const { std::abort(); }
  template <class T> bool operator==(const T&) const { std::abort(); }
  template <class T> refused operator+(const T&) const { std::abort(); }
  template <class T> refused operator-(const T&) const { std::abort(); }
  template <class T> refused operator*(const T&) const { std::abort(); }
  template <class T> refused operator/(const T&) const { std::abort(); }
  template <class T> bool operator<(const T&) const { std::abort(); }
  template <class T> bool operator>(const T&) const { std::abort(); }
  template <class Out> friend Out& operator<<(Out&, const refused&) { std::abort(); }
};

// What such a call returns if its result is known.
template <class T> T no_value() {
  std::abort();
}
template <class Signature> struct find_declared_result {
  using type = refused;
};
template <class R, class... P> struct find_declared_result<signature<R, P...>> {
  using type = std::conditional_t<std::is_void_v<R>, std::monostate, std::remove_cvref_t<R>>;
};
template <class P, class F, class... Args> consteval auto find_result_or_refused() {
  if constexpr (called_in_worker<P, F, Args...>)
    return kept_result<P, F, Args...>{};
  else
    return find_declared_result<typename signature_of<std::decay_t<F>>::type>{};
}
template <class R> using if_movable = std::conditional_t<std::move_constructible<R>, R, refused>;
template <class P, class F, class... Args>
using result_or_refused = if_movable<typename decltype(find_result_or_refused<P, F, Args...>())::type>;

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
