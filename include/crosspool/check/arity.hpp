// How many initializers an aggregate takes, found by trying, and its members, opened by structured bindings. (The idea
// of counting by initializers is Boost.PFR's; here each member is tried with empty braces, so that an array counts as
// one member whatever its length.)
#ifndef CROSSPOOL_CHECK_ARITY_HPP
#define CROSSPOOL_CHECK_ARITY_HPP

#include <crosspool/check/initializers.hpp>
#include <crosspool/check/types.hpp>

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

namespace CROSSPOOL_NAMESPACE::detail {

inline constexpr std::size_t most_members = 64;

// Bit-fields have no address, the name of a volatile member cannot be had, and how long a flexible array is nobody
// knows.
template <class... M>
  requires((!std::is_volatile_v<M> && !std::is_unbounded_array_v<M>) && ...)
void addressable(M&... members);
struct unaddressable {};

// arity<N>: whether a type takes N initializers and behind them what Any... stand for, also with one for a base in
// front, and, of a type that has N members, these and their types. One more than most_members is tried, to tell a type
// that has more.
template <std::size_t N> struct arity;

template <> struct arity<0> {
  template <class T, class... Any> static constexpr bool accepts = requires { T{Any{}...}; };
  template <class T> static constexpr bool accepts_braces = requires { T{{any_value{}}}; };
  template <class T, class... Any> static constexpr bool behind_base = requires { T{any_base_of<T>{}, Any{}...}; };
  template <class T> static constexpr auto open(T&) noexcept { return std::tuple<>{}; }
  template <class T> static types<> types_of(T&);
};

// Lists of m(i): of 8 * a of them, each with a comma behind it, and of the first b of the eight behind these.
// clang-format off
#define CROSSPOOL_UNITS_1(m, a) m(a##1)
#define CROSSPOOL_UNITS_2(m, a) CROSSPOOL_UNITS_1(m, a), m(a##2)
#define CROSSPOOL_UNITS_3(m, a) CROSSPOOL_UNITS_2(m, a), m(a##3)
#define CROSSPOOL_UNITS_4(m, a) CROSSPOOL_UNITS_3(m, a), m(a##4)
#define CROSSPOOL_UNITS_5(m, a) CROSSPOOL_UNITS_4(m, a), m(a##5)
#define CROSSPOOL_UNITS_6(m, a) CROSSPOOL_UNITS_5(m, a), m(a##6)
#define CROSSPOOL_UNITS_7(m, a) CROSSPOOL_UNITS_6(m, a), m(a##7)
#define CROSSPOOL_UNITS_8(m, a) CROSSPOOL_UNITS_7(m, a), m(a##8)
#define CROSSPOOL_EIGHTS_0(m)
#define CROSSPOOL_EIGHTS_1(m) CROSSPOOL_EIGHTS_0(m) CROSSPOOL_UNITS_8(m, 0),
#define CROSSPOOL_EIGHTS_2(m) CROSSPOOL_EIGHTS_1(m) CROSSPOOL_UNITS_8(m, 1),
#define CROSSPOOL_EIGHTS_3(m) CROSSPOOL_EIGHTS_2(m) CROSSPOOL_UNITS_8(m, 2),
#define CROSSPOOL_EIGHTS_4(m) CROSSPOOL_EIGHTS_3(m) CROSSPOOL_UNITS_8(m, 3),
#define CROSSPOOL_EIGHTS_5(m) CROSSPOOL_EIGHTS_4(m) CROSSPOOL_UNITS_8(m, 4),
#define CROSSPOOL_EIGHTS_6(m) CROSSPOOL_EIGHTS_5(m) CROSSPOOL_UNITS_8(m, 5),
#define CROSSPOOL_EIGHTS_7(m) CROSSPOOL_EIGHTS_6(m) CROSSPOOL_UNITS_8(m, 6),
#define CROSSPOOL_EIGHTS_8(m) CROSSPOOL_EIGHTS_7(m) CROSSPOOL_UNITS_8(m, 7),
#define CROSSPOOL_LIST(a, b, m) CROSSPOOL_EIGHTS_##a(m) CROSSPOOL_UNITS_##b(m, a)
#define CROSSPOOL_BRACES(i) {}
#define CROSSPOOL_NAME(i) m##i
#define CROSSPOOL_TYPE(i) decltype(m##i)
#define CROSSPOOL_ARITY(a, b)                                                                                          \
  template <> struct arity<8 * (a) + (b)> {                                                                                \
    template <class T, class... Any> static constexpr bool accepts =                                                   \
        requires { T{CROSSPOOL_LIST(a, b, CROSSPOOL_BRACES), Any{}...}; };                                             \
    template <class T> static constexpr bool accepts_braces =                                                          \
        requires { T{CROSSPOOL_LIST(a, b, CROSSPOOL_BRACES), {any_value{}}}; };                                        \
    template <class T, class... Any> static constexpr bool behind_base =                                               \
        requires { T{any_base_of<T>{}, CROSSPOOL_LIST(a, b, CROSSPOOL_BRACES), Any{}...}; };                           \
    template <class T> static constexpr auto open(T& object) noexcept {                                                \
      auto& [CROSSPOOL_LIST(a, b, CROSSPOOL_NAME)] = object;                                                           \
      return std::tie(CROSSPOOL_LIST(a, b, CROSSPOOL_NAME));                                                           \
    }                                                                                                                  \
    template <class T> static auto types_of(T& object) {                                                               \
      auto& [CROSSPOOL_LIST(a, b, CROSSPOOL_NAME)] = object;                                                           \
      if constexpr (requires { detail::addressable(CROSSPOOL_LIST(a, b, CROSSPOOL_NAME)); })                           \
        return types<CROSSPOOL_LIST(a, b, CROSSPOOL_TYPE)>{};                                                          \
      else                                                                                                             \
        return unaddressable{};                                                                                        \
    }                                                                                                                  \
  }
#define CROSSPOOL_ARITIES(a)                                                                                           \
  CROSSPOOL_ARITY(a, 1); CROSSPOOL_ARITY(a, 2); CROSSPOOL_ARITY(a, 3); CROSSPOOL_ARITY(a, 4);                          \
  CROSSPOOL_ARITY(a, 5); CROSSPOOL_ARITY(a, 6); CROSSPOOL_ARITY(a, 7); CROSSPOOL_ARITY(a, 8)
CROSSPOOL_ARITIES(0); CROSSPOOL_ARITIES(1); CROSSPOOL_ARITIES(2); CROSSPOOL_ARITIES(3); CROSSPOOL_ARITIES(4);
CROSSPOOL_ARITIES(5); CROSSPOOL_ARITIES(6); CROSSPOOL_ARITIES(7); CROSSPOOL_ARITY(8, 1);
#undef CROSSPOOL_UNITS_1
#undef CROSSPOOL_UNITS_2
#undef CROSSPOOL_UNITS_3
#undef CROSSPOOL_UNITS_4
#undef CROSSPOOL_UNITS_5
#undef CROSSPOOL_UNITS_6
#undef CROSSPOOL_UNITS_7
#undef CROSSPOOL_UNITS_8
#undef CROSSPOOL_EIGHTS_0
#undef CROSSPOOL_EIGHTS_1
#undef CROSSPOOL_EIGHTS_2
#undef CROSSPOOL_EIGHTS_3
#undef CROSSPOOL_EIGHTS_4
#undef CROSSPOOL_EIGHTS_5
#undef CROSSPOOL_EIGHTS_6
#undef CROSSPOOL_EIGHTS_7
#undef CROSSPOOL_EIGHTS_8
#undef CROSSPOOL_LIST
#undef CROSSPOOL_BRACES
#undef CROSSPOOL_NAME
#undef CROSSPOOL_TYPE
#undef CROSSPOOL_ARITY
#undef CROSSPOOL_ARITIES
// clang-format on

// The largest N in [low, high] that T accepts, given that it accepts low; fewer initializers than members are fine,
// so what is accepted is an unbroken run from 0.
template <class T, std::size_t low = 0, std::size_t high = most_members + 1> consteval std::size_t count_members() {
  if constexpr (low == high)
    return low;
  else if constexpr (constexpr std::size_t middle = (low + high + 1) / 2; arity<middle>::template accepts<T>)
    return count_members<T, middle, high>();
  else
    return count_members<T, low, middle - 1>();
}

template <std::size_t> using one_more_value = any_value;
// Whether T has an array of sizeof...(I) elements behind its first N members, whose elements {} cannot initialize.
template <class T, std::size_t N, std::size_t... I> consteval bool goes_on_with_array(std::index_sequence<I...>) {
  return arity<N>::template accepts<T, one_more_value<I>...>;
}
inline constexpr std::size_t longest_array_tried = 8;

// Whether T's first N members are all. {} cannot initialize the next one, but it may have an initializer in the class.
template <class T, std::size_t N, std::size_t... I>
consteval bool goes_on_with_arrays(std::index_sequence<I...>) {
  return (goes_on_with_array<T, N>(std::make_index_sequence<I + 2>{}) || ...);
}
template <class T, std::size_t N> consteval bool ends_behind() {
  using is = arity<N>;
  if constexpr (is::template accepts<T, any_value> || is::template accepts_braces<T> ||
                is::template accepts<T, any_lvalue> || is::template accepts<T, any_rvalue>)
    return false;
  else if constexpr (std::is_trivially_default_constructible_v<T>) // no member has an initializer in the class
    return true;
  else
    return !goes_on_with_arrays<T, N>(std::make_index_sequence<longest_array_tried - 1>{});
}

// Whether one of T's first members, sizeof...(I) of them, is what Any stands for.
template <class T, class Any, std::size_t... I> consteval bool has_any(std::index_sequence<I...>) {
  return (arity<I>::template accepts<T, Any> || ...);
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
