// bind(f, state...): what to write where a lambda would capture, for what goes to a worker process. And how the
// arguments of a call travel: as values of their own.
#ifndef CROSSPOOL_BIND_HPP
#define CROSSPOOL_BIND_HPP

#include <crosspool/version.hpp>

#include <functional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace CROSSPOOL_NAMESPACE {

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

} // namespace CROSSPOOL_NAMESPACE

#endif
