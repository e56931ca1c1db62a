// The parameters of a function that can go to a worker, where its type says what they are.
#ifndef CROSSPOOL_CHECK_PARAMETERS_HPP
#define CROSSPOOL_CHECK_PARAMETERS_HPP

#include <crosspool/check/callable.hpp>

#include <cstddef>
#include <type_traits>

namespace CROSSPOOL_NAMESPACE::detail {

// What a function returns, and its parameters.
template <class R, class... P> struct signature {
  using returned = R;
  using parameters = types<P...>;
};

// That of a function that has one; those of others cannot be known, which is void.
template <class F> struct signature_of {
  using type = void;
};
template <class F> struct signature_of_member {
  using type = void;
};
template <class F>
  requires requires { &F::operator(); }
struct signature_of<F> : signature_of_member<decltype(&F::operator())> {};
template <class R, class... P> struct signature_of<R (*)(P...)> {
  using type = signature<R, P...>;
};
template <class R, class... P> struct signature_of<R (*)(P...) noexcept> : signature_of<R (*)(P...)> {};
template <class R, class C, class... P>
struct signature_of_member<R (C::*)(P...)> : signature_of<R (*)(P...)> {};
template <class R, class C, class... P>
struct signature_of_member<R (C::*)(P...) const> : signature_of<R (*)(P...)> {};
template <class R, class C, class... P>
struct signature_of_member<R (C::*)(P...) noexcept> : signature_of<R (*)(P...)> {};
template <class R, class C, class... P>
struct signature_of_member<R (C::*)(P...) const noexcept> : signature_of<R (*)(P...)> {};

template <std::size_t n> types<> without_first(types<>);
template <std::size_t n, class First, class... Rest> auto without_first(types<First, Rest...>) {
  if constexpr (n == 0)
    return types<First, Rest...>{};
  else
    return decltype(detail::without_first<n - 1>(types<Rest...>{})){};
}
// Behind the state.
template <std::size_t n> void behind(std::type_identity<void>);
template <std::size_t n, class R, class... P> auto behind(std::type_identity<signature<R, P...>>) {
  return []<class... Rest>(types<Rest...>) { return signature<R, Rest...>{}; }(detail::without_first<n>(types<P...>{}));
}
template <class F, class... State> struct signature_of<bound<F, State...>> {
  using type = decltype(detail::behind<sizeof...(State)>(std::type_identity<typename signature_of<F>::type>{}));
};

// Its parameters, none if they cannot be known.
template <class Signature> struct parameters_in {
  using type = typename Signature::parameters;
};
template <> struct parameters_in<void> {
  using type = types<>;
};
template <class F> struct parameters_of : parameters_in<typename signature_of<F>::type> {};

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
