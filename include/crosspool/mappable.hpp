// Whether a pool of a policy can map a function over arguments: mappable<fork, F, T>, true exactly where the call
// compiles. Relies on the check and on the policy's constants; sees no pool.
#ifndef CROSSPOOL_MAPPABLE_HPP
#define CROSSPOOL_MAPPABLE_HPP

#include <crosspool/calls/worker_state.hpp>
#include <crosspool/check/callable.hpp>
#include <crosspool/crossable.hpp>
#include <crosspool/policy.hpp>

#include <concepts>
#include <type_traits>
#include <variant>

namespace CROSSPOOL_NAMESPACE {

/// Whether T can be an argument of map under policy P.
template <class T, class P>
concept crossable_to = policy<P> && (P::arguments == crossing::shared || crossable<T>);

namespace detail {

// How an argument of declared type T arrives in a worker: a thread gets what it is given, a process its own object.
template <class P, class T>
using arrives_as = std::conditional_t<P::arguments == crossing::shared, T&&, sent_t<T>&&>;

// The function, likewise.
template <class P, class F>
using function_there =
    std::conditional_t<P::function == crossing::shared, std::remove_reference_t<F>&, std::decay_t<F>&>;

/// The policy of a pool whose workers have a state.
template <class P, class State> struct stateful : P {
  using worker_state = State;
};
template <class P>
concept has_state = requires { typename P::worker_state; };

template <class P, class F> struct find_called_as {
  using type = function_there<P, F>;
};
template <has_state P, class F> struct find_called_as<P, F> {
  using type = with_state<typename P::worker_state, function_there<P, F>>&;
};
template <class P, class F> using called_as = typename find_called_as<P, F>::type;

/// Whether F, called with Args in P's workers, gets their state first.
template <class P, class F, class... Args>
concept gets_state = has_state<P> &&
                     takes_state<typename P::worker_state, function_there<P, F>, arrives_as<P, Args>...>;

template <class P, class F, class... Args>
concept called_in_worker = std::invocable<called_as<P, F>, arrives_as<P, Args>...>;
template <class P, class F, class... Args>
concept callable_in_worker = called_in_worker<P, F, Args...> &&
                             (P::arguments == crossing::shared || (std::move_constructible<sent_t<Args>> && ...));

// What the call yields, as it is kept: by value, and std::monostate for void.
template <class P, class F, class... Args> struct kept_result {
  using returned = std::invoke_result_t<called_as<P, F>, arrives_as<P, Args>...>;
  using type = std::conditional_t<std::is_void_v<returned>, std::monostate, std::remove_cvref_t<returned>>;
};
template <class P, class F, class... Args>
  requires callable_in_worker<P, F, Args...>
using result_of = typename kept_result<P, F, Args...>::type;

template <class R, class P, class F, class... Args>
concept yields = callable_in_worker<P, F, Args...> && std::is_same_v<R, result_of<P, F, Args...>>;

// Whether the result can be kept, and sent where it has to be.
template <class P, class F, class... Args>
concept result_can_be_kept =
    std::is_same_v<result_of<P, F, Args...>, std::monostate> ||
    (std::move_constructible<result_of<P, F, Args...>> &&
     std::constructible_from<result_of<P, F, Args...>, std::invoke_result_t<called_as<P, F>, arrives_as<P, Args>...>>);
template <class P, class F, class... Args>
concept result_comes_back = result_can_be_kept<P, F, Args...> &&
                            (P::results == crossing::shared || crossable<result_of<P, F, Args...>>);

} // namespace detail

/// Whether P's pool can map a function of type F over arguments of types Args: true exactly where pool.map compiles for
/// elements of these types, so that if constexpr (mappable<fork, F, T>) can pick another policy. Never a hard error.
/// requires { pool.map(f, xs); } says only whether f can be called with them; what crosses is asked here.
/// One thing no concept can see: what the body of a class's own serialize, save or load puts into the archive. Such a
/// class is believed here, and a fault in the body is an error of the call. In a test, assert crosses(value).
template <class P, class F, class... Args>
concept mappable = policy<P> && (P::function == crossing::shared || detail::function_crosses<std::decay_t<F>>) &&
                   (crossable_to<detail::sent_t<Args>, P> && ...) && detail::callable_in_worker<P, F, Args...> &&
                   detail::result_comes_back<P, F, Args...>;

} // namespace CROSSPOOL_NAMESPACE

#endif
