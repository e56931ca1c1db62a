// The parameters of a function that can go to a worker, where its type says what they are.
#ifndef CROSSPOOL_PARAMETERS_HPP
#define CROSSPOOL_PARAMETERS_HPP

#include <crosspool/callable.hpp>

#include <cstddef>

namespace crosspool::detail {

// The parameters of a function that has one signature, and what it returns; those of others cannot be known.
template <class F> struct parameters_of {
  using type = types<>;
};
template <class F> struct parameters_of_member;
template <class F>
  requires requires { &F::operator(); }
struct parameters_of<F> : parameters_of_member<decltype(&F::operator())> {};
template <class R, class... P> struct parameters_of<R (*)(P...)> {
  using type = types<P...>;
  using result = R;
};
template <class R, class... P>
struct parameters_of<R (*)(P...) noexcept> : parameters_of<R (*)(P...)> {};
template <class F> struct parameters_of_member {
  using type = types<>;
};
template <class R, class C, class... P> struct parameters_of_member<R (C::*)(P...)> {
  using type = types<P...>;
  using result = R;
};
template <class R, class C, class... P>
struct parameters_of_member<R (C::*)(P...) const> : parameters_of_member<R (C::*)(P...)> {};
template <class R, class C, class... P>
struct parameters_of_member<R (C::*)(P...) noexcept> : parameters_of_member<R (C::*)(P...)> {};
template <class R, class C, class... P>
struct parameters_of_member<R (C::*)(P...) const noexcept> : parameters_of_member<R (C::*)(P...)> {};

template <std::size_t n> types<> without_first(types<>);
template <std::size_t n, class First, class... Rest> auto without_first(types<First, Rest...>) {
  if constexpr (n == 0)
    return types<First, Rest...>{};
  else
    return decltype(detail::without_first<n - 1>(types<Rest...>{})){};
}
// Behind the state.
template <class F, class... State> struct parameters_of<bound<F, State...>> {
  using type = decltype(detail::without_first<sizeof...(State)>(typename parameters_of<F>::type{}));
};

// Whatever it is called with; none if it has several.
template <class F> struct result_of_signature {};
template <class F>
  requires requires { typename parameters_of<F>::result; }
struct result_of_signature<F> {
  using type = typename parameters_of<F>::result;
};
template <class F, class... State> struct result_of_signature<bound<F, State...>> : result_of_signature<F> {};

} // namespace crosspool::detail

#endif
