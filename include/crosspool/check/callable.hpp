// Functions that can go to a worker process: function pointers, pointers to members and captureless lambdas by
// identity, function objects as their members, bind(f, state…) as both. And how the arguments of a call travel: as
// values of their own. Relies on nothing of the operating system: naming a function to another process is task.hpp's.
#ifndef CROSSPOOL_CHECK_CALLABLE_HPP
#define CROSSPOOL_CHECK_CALLABLE_HPP

#include <crosspool/bind.hpp>
#include <crosspool/check/examine.hpp>

#include <functional>
#include <tuple>
#include <type_traits>

namespace CROSSPOOL_NAMESPACE::detail {

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

template <class F>
concept function_pointer_like = std::is_pointer_v<F> && std::is_function_v<std::remove_pointer_t<F>>;

// Nothing to send: an object of F is as good as any other.
template <class F>
concept stateless = std::is_class_v<F> && complete<F> && std::is_empty_v<F> && std::is_default_constructible_v<F>;

/// Its wrapped function crosses in its stead.
struct function_wrapper {};

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

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
