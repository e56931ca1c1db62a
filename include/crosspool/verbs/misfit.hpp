// Why a call cannot be made whose arguments could all cross: which argument the function does not take, and which part
// of what crosses cannot be moved. Asked only where there is such a fault; the words are reasons.hpp's.
#ifndef CROSSPOOL_VERBS_MISFIT_HPP
#define CROSSPOOL_VERBS_MISFIT_HPP

#include <crosspool/check/diagnose.hpp>
#include <crosspool/check/refusal.hpp>
#include <crosspool/mappable.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>

namespace CROSSPOOL_NAMESPACE::detail {

template <class First, class... Rest> std::type_identity<First> first_of(types<First, Rest...>);
template <class Types> using first_type = typename decltype(detail::first_of(Types{}))::type;

// ---- a function that cannot be called ----

// Its signature as std::invoke sees it: the object of a member first.
template <class F> struct invoked_signature : signature_of<F> {};
template <class Object, class Signature> struct with_object {
  using type = void;
};
template <class Object, class R, class... P> struct with_object<Object, signature<R, P...>> {
  using type = signature<R, Object, P...>;
};
template <class M, class C> struct invoked_signature<M C::*> {
  using type = signature<M&, C>;
};
template <class M, class C>
  requires std::is_function_v<M>
struct invoked_signature<M C::*> : with_object<C, typename signature_of_member<M C::*>::type> {};

template <class A>
using as_printed = std::conditional_t<std::is_rvalue_reference_v<A>, std::remove_reference_t<A>, A>;

// Of parameter number N, if what arrives as A is not for it.
template <std::size_t N, class Parameter, class A> consteval auto find_misfit() {
  using own = std::remove_cvref_t<A>;
  if constexpr (std::is_convertible_v<A, Parameter>)
    return types<>{};
  else if constexpr (std::is_lvalue_reference_v<Parameter> && std::is_convertible_v<own&, Parameter>)
    return types<parameter_needs_const<N, Parameter, as_printed<A>>>{};
  else if constexpr (std::is_same_v<own, std::string> && std::is_same_v<std::decay_t<Parameter>, const char*>)
    return types<string_literal_travels_as_string<N, Parameter, as_printed<A>>>{};
  else
    return types<argument_does_not_fit<N, Parameter, as_printed<A>>>{};
}
template <class... A, class... Parameter, std::size_t... I>
consteval auto find_misfits(types<Parameter...>, std::index_sequence<I...>) {
  return decltype((types<>{} + ... + find_misfit<I + 1, Parameter, A>())){};
}
template <class Parameters, class... A>
using misfits = decltype(detail::find_misfits<A...>(Parameters{}, std::index_sequence_for<A...>{}));

// In one word. State: of the pool's workers; void: they have none.
template <class Signature, class State, class... A> struct find_reason_against {
  using type = cannot_take<as_printed<A>...>;
};
template <class R, class... P, class State, class... A>
  requires(sizeof...(P) == sizeof...(A)) && (!std::is_same_v<misfits<types<P...>, A...>, types<>>)
struct find_reason_against<signature<R, P...>, State, A...> {
  using type = first_type<misfits<types<P...>, A...>>;
};
template <class R, class... P, class State, class... A>
  requires(sizeof...(P) != sizeof...(A))
struct find_reason_against<signature<R, P...>, State, A...> {
  static consteval auto find() {
    if constexpr (sizeof...(P) == sizeof...(A) + 1) {
      using first = first_type<types<P...>>;
      using others = misfits<decltype(detail::without_first<1>(types<P...>{})), A...>;
      if constexpr (!std::is_void_v<State> && !std::is_same_v<others, types<>>)
        return std::type_identity<first_type<others>>{};
      else if constexpr (!std::is_void_v<State>)
        return std::type_identity<first_parameter_is_not_the_state<first, State>>{};
      else if constexpr (std::is_lvalue_reference_v<first> && std::is_same_v<others, types<>>)
        return std::type_identity<pool_keeps_no_state_for<first>>{};
      else
        return std::type_identity<wrong_number_of_arguments<function_takes<sizeof...(P)>, call_gives<sizeof...(A)>>>{};
    } else
      return std::type_identity<wrong_number_of_arguments<function_takes<sizeof...(P)>, call_gives<sizeof...(A)>>>{};
  }
  using type = typename decltype(find())::type;
};
template <class F, class State, class... A>
using reason_against =
    typename find_reason_against<typename invoked_signature<std::decay_t<F>>::type, State, A...>::type;

template <class P> struct find_state {
  using type = void;
};
template <has_state P> struct find_state<P> {
  using type = typename P::worker_state;
};

/// Why F cannot be called with Args in P's workers.
template <class P, class F, class... Args>
using why_not_called = reason_against<F, typename find_state<P>::type, arrives_as<P, Args>...>;

// ---- what cannot be moved ----

// Its parts, as far as they can be seen. A class with functions of its own may be an aggregate, too.
template <class T> consteval auto find_visible_parts() {
  if constexpr (std::is_class_v<T> && !in_std<T> && openable<T>)
    return member_parts<member_types<T>>{};
  else if constexpr (classify<T>() == kind::composed)
    return find_parts<T>();
  else
    return std::type_identity<types<>>{};
}

// Those that cannot be moved.
template <class Step, class M> consteval auto if_not_movable(part<Step, M> it) {
  if constexpr (std::move_constructible<M>)
    return types<>{};
  else
    return types<decltype(it)>{};
}
template <class... P> auto only_not_movable(types<P...>) -> decltype((types<>{} + ... + detail::if_not_movable(P{})));

/// The fault of T, which cannot be moved, at Position: the way to the first part that cannot.
template <class Position, class Root, class T = Root, class... Steps> consteval auto find_not_movable() {
  using guilty = decltype(detail::only_not_movable(typename decltype(find_visible_parts<T>())::type{}));
  if constexpr (std::is_same_v<guilty, types<>>)
    return types<also<Position, Root, path<Steps...>, not_movable<T>>>{};
  else
    return []<class Step, class M, class... More>(types<part<Step, M>, More...>) {
      return find_not_movable<Position, Root, M, Steps..., typename printed_step<T, Step>::type>();
    }(guilty{});
}
template <class Position, class T> consteval auto not_movable_if_any() {
  if constexpr (std::move_constructible<T>)
    return types<>{};
  else
    return find_not_movable<Position, T>();
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
