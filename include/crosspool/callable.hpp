// Functions that can go to a worker process: function pointers, pointers to members and captureless lambdas by
// identity, function objects as their members, bind(f, state…) as both. And how the arguments of a call travel: as
// values of their own. Relies on nothing of the operating system: naming a function to another process is task.hpp's.
#ifndef CROSSPOOL_CALLABLE_HPP
#define CROSSPOOL_CALLABLE_HPP

#include <crosspool/examine.hpp>

#include <functional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace crosspool {
namespace detail {

// The type in which an argument travels: decayed, a string literal as a string.
template <class T>
using carried_t =
    std::conditional_t<std::is_array_v<std::remove_reference_t<T>> && std::is_same_v<std::decay_t<T>, const char*>,
                       std::string, std::decay_t<T>>;

// That of an item: a map's, of which the key is to be loaded into, without the const of the key.
template <class T> struct find_sent {
  using type = T;
};
template <class K, class V> struct find_sent<std::pair<const K, V>> {
  using type = std::pair<K, V>;
};
template <class T> using sent_t = typename find_sent<carried_t<T>>::type;

// An argument as the value that travels: itself, but for a string literal, which is a string of all its characters.
template <class T> decltype(auto) as_carried(T& argument) {
  if constexpr (std::is_array_v<T> && std::is_same_v<carried_t<T>, std::string>) {
    constexpr auto size = std::extent_v<T>;
    return std::string(argument, argument[size - 1] == '\0' ? size - 1 : size);
  } else if constexpr (std::is_volatile_v<T>)
    return std::remove_cv_t<T>(argument);
  else
    return (argument);
}
template <class T> decltype(auto) forward_carried(std::remove_reference_t<T>& argument) {
  if constexpr (std::is_array_v<std::remove_reference_t<T>>)
    return detail::as_carried(argument);
  else
    return static_cast<T&&>(argument);
}

// use(f(arguments…)), with the arguments moved or, where they are references, passed on. It is one expression, as with
// std::apply it is not: f may return a reference to what an argument was converted to.
template <class Use, class F, class... T> decltype(auto) use_result(Use use, F& f, std::tuple<T...>& arguments) {
  return std::apply(
      [&](T&... each) -> decltype(auto) {
        if constexpr (std::is_member_pointer_v<F>)
          return use(std::invoke(f, static_cast<T&&>(each)...));
        else
          return use(f(static_cast<T&&>(each)...));
      },
      arguments);
}

} // namespace detail

/// A function with its first arguments: what bind() returns.
template <class F, class... State> class bound {
public:
  template <class G, class... S>
  explicit bound(std::in_place_t, G&& f, S&&... state) : f_(std::forward<G>(f)), state_(std::forward<S>(state)...) {}
  explicit bound(F f, std::tuple<State...> state) : f_(std::move(f)), state_(std::move(state)) {}

  template <class... Args>
    requires std::invocable<F&, const State&..., Args...>
  decltype(auto) operator()(Args&&... args) {
    return call(f_, std::forward<Args>(args)...);
  }
  template <class... Args>
    requires std::invocable<const F&, const State&..., Args...>
  decltype(auto) operator()(Args&&... args) const {
    return call(f_, std::forward<Args>(args)...);
  }

  [[nodiscard]] const F& function() const noexcept { return f_; }
  [[nodiscard]] const std::tuple<State...>& state() const noexcept { return state_; }

private:
  template <class G, class... Args> decltype(auto) call(G& f, Args&&... args) const {
    return std::apply(
        [&](const State&... state) -> decltype(auto) { return std::invoke(f, state..., std::forward<Args>(args)...); },
        state_);
  }

  F f_;
  std::tuple<State...> state_;
};

/// A function object that calls f(state…, args…): what to write where a lambda would capture. f and the state are
/// copied or moved in, and f gets the state as const; for a process pool each state must be crossable, and f anything
/// that may itself be mapped.
template <class F, class... State> auto bind(F&& f, State&&... state) {
  return bound<std::decay_t<F>, detail::carried_t<State>...>(std::in_place, std::forward<F>(f),
                                                             detail::forward_carried<State>(state)...);
}

namespace detail {

template <class F>
concept function_pointer_like = std::is_pointer_v<F> && std::is_function_v<std::remove_pointer_t<F>>;

// Nothing to send: an object of F is as good as any other.
template <class F>
concept stateless = std::is_class_v<F> && complete<F> && std::is_empty_v<F> && std::is_default_constructible_v<F>;

/// How a function is written into a message, and read: save(message_buffer&, f), load(byte_view&).
template <class F> struct function_codec;

template <class F> struct find_function_crosses
    : std::bool_constant<function_pointer_like<F> || std::is_member_pointer_v<F> || stateless<F> || crossable<F>> {};
template <class F, class... State>
struct find_function_crosses<bound<F, State...>>
    : std::bool_constant<find_function_crosses<F>::value && (crossable<State> && ...)> {};

/// Whether a function of type F can be sent to a worker process.
template <class F>
concept function_crosses = find_function_crosses<F>::value;

// The part of F that keeps it from crossing: F itself, or for bound the first faulty of function and state.
template <class F> struct faulty_part {
  using type = F;
};
template <class F, class... State> struct faulty_part<bound<F, State...>> {
  template <class First, class... Rest> static consteval auto first_faulty() {
    if constexpr (!crossable<First>)
      return std::type_identity<First>{};
    else
      return first_faulty<Rest...>();
  }
  static consteval auto find() {
    if constexpr (!function_crosses<F>)
      return faulty_part<F>{};
    else
      return first_faulty<State...>();
  }
  using type = typename decltype(find())::type;
};

} // namespace detail
} // namespace crosspool

#endif
