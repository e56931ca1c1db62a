// Members of an aggregate, found with no code written for it: counted by trying initializers, opened by structured
// bindings. Relies on nothing but the language. (The idea of counting by initializers is Boost.PFR's; here each member
// is tried with empty braces, so that an array counts as one member whatever its length.)
#ifndef CROSSPOOL_CHECK_AGGREGATE_HPP
#define CROSSPOOL_CHECK_AGGREGATE_HPP

#include <crosspool/check/type_name.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace CROSSPOOL_NAMESPACE::fault {

struct some_type; // in an error: one that cannot be told

} // namespace CROSSPOOL_NAMESPACE::fault

namespace CROSSPOOL_NAMESPACE::detail {

// A list of types. (std::tuple for that would cost an instantiation for each list.)
template <class...> struct types {};
template <class... A, class... B> types<A..., B...> operator+(types<A...>, types<B...>);

inline constexpr std::size_t most_members = 64;

template <class U, class T>
concept base_of = std::is_base_of_v<U, T> && !std::is_same_v<U, T>;

// Stands for a base of T, and for nothing else: no type but a base of T can be initialized by it.
template <class T> struct any_base_of {
  any_base_of() = default;
  any_base_of(const any_base_of&) = delete;
  template <base_of<T> U> operator U() const { std::abort(); } // clang wants a body for constexpr constructors
};

// Makes a base of T.
template <class T> struct made_base_of {
  template <base_of<T> U> operator U() const { return U{}; }
};

template <class T>
concept has_base = requires { T{any_base_of<T>{}}; };

// Stand for any value, any lvalue and any rvalue: together for all that a member can be initialized by. Of what has
// constructors that take anything, any_value cannot initialize it, but its braces can.
struct any_value {
  any_value() = default;
  any_value(const any_value&) = delete;
  template <class U> operator U() const { std::abort(); }
};
struct any_lvalue {
  any_lvalue() = default;
  any_lvalue(const any_lvalue&) = delete;
  template <class U> operator U&() const { std::abort(); }
};
struct any_rvalue {
  any_rvalue() = default;
  any_rvalue(const any_rvalue&) = delete;
  template <class U> operator U&&() const { std::abort(); }
};

// Stands for nothing: what it initializes takes anything.
struct no_base {
  no_base() = default;
  no_base(const no_base&) = delete;
  template <class U>
    requires std::is_void_v<U>
  operator U() const {
    std::abort();
  }
};

// What can be asked about a base.
enum class base_trait : unsigned char {
  has_members,
  has_bases,
  cannot_be_opened,
  owns_resource,
  count_has_bit,
  count_lacks_bit,
  name_has_bit
};
template <class U, base_trait is, std::size_t bit> consteval bool base_is();

// Stands for a base of T that is so.
template <class T, base_trait is, std::size_t bit = 0> struct base_that {
  base_that() = default;
  base_that(const base_that&) = delete;
  template <base_of<T> U>
    requires(base_is<U, is, bit>())
  operator U() const {
    std::abort();
  }
};

// Where the name of a type without one begins, behind its scope, in the compiler's spelling; npos if it has a name.
// Clang's spelling tells an anonymous struct from a struct without a name that a named member has; GCC's does not.
consteval std::size_t unnamed_at(std::string_view name) {
  if (name.back() == '>' && (name.ends_with("<unnamed union>") || name.ends_with("<unnamed struct>")))
    return name.rfind('<');
  if (name.back() == ')')
    for (const std::string_view unnamed : {"(anonymous union at ", "(unnamed union at ", "(anonymous struct at "})
      if (const auto at = name.find(unnamed); at != std::string_view::npos)
        return at;
  return std::string_view::npos;
}
template <class U> consteval bool find_unnamed() {
  if constexpr (unnamed_at(type_name<U>()) == std::string_view::npos)
    return false;
  else if constexpr (type_name<U>().ends_with("<unnamed struct>")) // GCC gives an anonymous one no constructors
    return !std::is_default_constructible_v<U> && !std::is_copy_constructible_v<U>;
  else
    return true;
}
template <class U> inline constexpr bool is_unnamed = find_unnamed<U>();

// Stands for any union or struct without a name, and for nothing else.
struct any_unnamed {
  any_unnamed() = default;
  any_unnamed(const any_unnamed&) = delete;
  template <class U>
    requires is_unnamed<U>
  operator U() const {
    std::abort();
  }
};

// Whether U's scope is T. A scope without a name is not spelled in full.
template <class U, class T> consteval bool is_of_scope() {
  constexpr auto name = type_name<U>(), scope = type_name<T>();
  return scope.ends_with(')') || scope.ends_with("<unnamed struct>") ||
         (unnamed_at(name) == scope.size() + 2 && name.starts_with(scope));
}

// The same for T's own members: not for the first member of a member.
template <class T> struct any_unnamed_of {
  any_unnamed_of() = default;
  any_unnamed_of(const any_unnamed_of&) = delete;
  template <class U>
    requires(is_unnamed<U> && is_of_scope<U, T>())
  operator U() const {
    std::abort();
  }
};

// Bit-fields have no address, the name of a volatile member cannot be had, and how long a flexible array is nobody
// knows.
template <class... M>
  requires((!std::is_volatile_v<M> && !std::is_unbounded_array_v<M>) && ...)
void addressable(M&... members);
struct unaddressable {};

// arity<N>: whether a type takes N initializers, whether those after N are for what Any... stand for, also with one for
// a base in front, and, of a type that has N members, these and their types. One more than most_members is tried, to
// tell a type that has more.
template <std::size_t N> struct arity;

template <> struct arity<0> {
  template <class T> static constexpr bool accepts = requires { T{}; };
  template <class T, class... Any> static constexpr bool next = requires { T{Any{}...}; };
  template <class T> static constexpr bool next_in_braces = requires { T{{any_value{}}}; };
  template <class T, class... Any> static constexpr bool behind_base = requires { T{any_base_of<T>{}, Any{}...}; };
  template <class T> static constexpr auto open(T&) noexcept { return std::tuple<>{}; }
  template <class T> static types<> types_of(T&);
};

// clang-format off
#define CROSSPOOL_LIST_1(m) m(1)
#define CROSSPOOL_LIST_2(m) CROSSPOOL_LIST_1(m), m(2)
#define CROSSPOOL_LIST_3(m) CROSSPOOL_LIST_2(m), m(3)
#define CROSSPOOL_LIST_4(m) CROSSPOOL_LIST_3(m), m(4)
#define CROSSPOOL_LIST_5(m) CROSSPOOL_LIST_4(m), m(5)
#define CROSSPOOL_LIST_6(m) CROSSPOOL_LIST_5(m), m(6)
#define CROSSPOOL_LIST_7(m) CROSSPOOL_LIST_6(m), m(7)
#define CROSSPOOL_LIST_8(m) CROSSPOOL_LIST_7(m), m(8)
#define CROSSPOOL_LIST_9(m) CROSSPOOL_LIST_8(m), m(9)
#define CROSSPOOL_LIST_10(m) CROSSPOOL_LIST_9(m), m(10)
#define CROSSPOOL_LIST_11(m) CROSSPOOL_LIST_10(m), m(11)
#define CROSSPOOL_LIST_12(m) CROSSPOOL_LIST_11(m), m(12)
#define CROSSPOOL_LIST_13(m) CROSSPOOL_LIST_12(m), m(13)
#define CROSSPOOL_LIST_14(m) CROSSPOOL_LIST_13(m), m(14)
#define CROSSPOOL_LIST_15(m) CROSSPOOL_LIST_14(m), m(15)
#define CROSSPOOL_LIST_16(m) CROSSPOOL_LIST_15(m), m(16)
#define CROSSPOOL_LIST_17(m) CROSSPOOL_LIST_16(m), m(17)
#define CROSSPOOL_LIST_18(m) CROSSPOOL_LIST_17(m), m(18)
#define CROSSPOOL_LIST_19(m) CROSSPOOL_LIST_18(m), m(19)
#define CROSSPOOL_LIST_20(m) CROSSPOOL_LIST_19(m), m(20)
#define CROSSPOOL_LIST_21(m) CROSSPOOL_LIST_20(m), m(21)
#define CROSSPOOL_LIST_22(m) CROSSPOOL_LIST_21(m), m(22)
#define CROSSPOOL_LIST_23(m) CROSSPOOL_LIST_22(m), m(23)
#define CROSSPOOL_LIST_24(m) CROSSPOOL_LIST_23(m), m(24)
#define CROSSPOOL_LIST_25(m) CROSSPOOL_LIST_24(m), m(25)
#define CROSSPOOL_LIST_26(m) CROSSPOOL_LIST_25(m), m(26)
#define CROSSPOOL_LIST_27(m) CROSSPOOL_LIST_26(m), m(27)
#define CROSSPOOL_LIST_28(m) CROSSPOOL_LIST_27(m), m(28)
#define CROSSPOOL_LIST_29(m) CROSSPOOL_LIST_28(m), m(29)
#define CROSSPOOL_LIST_30(m) CROSSPOOL_LIST_29(m), m(30)
#define CROSSPOOL_LIST_31(m) CROSSPOOL_LIST_30(m), m(31)
#define CROSSPOOL_LIST_32(m) CROSSPOOL_LIST_31(m), m(32)
#define CROSSPOOL_LIST_33(m) CROSSPOOL_LIST_32(m), m(33)
#define CROSSPOOL_LIST_34(m) CROSSPOOL_LIST_33(m), m(34)
#define CROSSPOOL_LIST_35(m) CROSSPOOL_LIST_34(m), m(35)
#define CROSSPOOL_LIST_36(m) CROSSPOOL_LIST_35(m), m(36)
#define CROSSPOOL_LIST_37(m) CROSSPOOL_LIST_36(m), m(37)
#define CROSSPOOL_LIST_38(m) CROSSPOOL_LIST_37(m), m(38)
#define CROSSPOOL_LIST_39(m) CROSSPOOL_LIST_38(m), m(39)
#define CROSSPOOL_LIST_40(m) CROSSPOOL_LIST_39(m), m(40)
#define CROSSPOOL_LIST_41(m) CROSSPOOL_LIST_40(m), m(41)
#define CROSSPOOL_LIST_42(m) CROSSPOOL_LIST_41(m), m(42)
#define CROSSPOOL_LIST_43(m) CROSSPOOL_LIST_42(m), m(43)
#define CROSSPOOL_LIST_44(m) CROSSPOOL_LIST_43(m), m(44)
#define CROSSPOOL_LIST_45(m) CROSSPOOL_LIST_44(m), m(45)
#define CROSSPOOL_LIST_46(m) CROSSPOOL_LIST_45(m), m(46)
#define CROSSPOOL_LIST_47(m) CROSSPOOL_LIST_46(m), m(47)
#define CROSSPOOL_LIST_48(m) CROSSPOOL_LIST_47(m), m(48)
#define CROSSPOOL_LIST_49(m) CROSSPOOL_LIST_48(m), m(49)
#define CROSSPOOL_LIST_50(m) CROSSPOOL_LIST_49(m), m(50)
#define CROSSPOOL_LIST_51(m) CROSSPOOL_LIST_50(m), m(51)
#define CROSSPOOL_LIST_52(m) CROSSPOOL_LIST_51(m), m(52)
#define CROSSPOOL_LIST_53(m) CROSSPOOL_LIST_52(m), m(53)
#define CROSSPOOL_LIST_54(m) CROSSPOOL_LIST_53(m), m(54)
#define CROSSPOOL_LIST_55(m) CROSSPOOL_LIST_54(m), m(55)
#define CROSSPOOL_LIST_56(m) CROSSPOOL_LIST_55(m), m(56)
#define CROSSPOOL_LIST_57(m) CROSSPOOL_LIST_56(m), m(57)
#define CROSSPOOL_LIST_58(m) CROSSPOOL_LIST_57(m), m(58)
#define CROSSPOOL_LIST_59(m) CROSSPOOL_LIST_58(m), m(59)
#define CROSSPOOL_LIST_60(m) CROSSPOOL_LIST_59(m), m(60)
#define CROSSPOOL_LIST_61(m) CROSSPOOL_LIST_60(m), m(61)
#define CROSSPOOL_LIST_62(m) CROSSPOOL_LIST_61(m), m(62)
#define CROSSPOOL_LIST_63(m) CROSSPOOL_LIST_62(m), m(63)
#define CROSSPOOL_LIST_64(m) CROSSPOOL_LIST_63(m), m(64)
#define CROSSPOOL_LIST_65(m) CROSSPOOL_LIST_64(m), m(65)
#define CROSSPOOL_BRACES(i) {}
#define CROSSPOOL_NAME(i) m##i
#define CROSSPOOL_TYPE(i) decltype(m##i)
#define CROSSPOOL_ARITY(n)                                                                                             \
  template <> struct arity<n> {                                                                                        \
    template <class T> static constexpr bool accepts = requires { T{CROSSPOOL_LIST_##n(CROSSPOOL_BRACES)}; };          \
    template <class T, class... Any> static constexpr bool next =                                                      \
        requires { T{CROSSPOOL_LIST_##n(CROSSPOOL_BRACES), Any{}...}; };                                               \
    template <class T> static constexpr bool next_in_braces =                                                          \
        requires { T{CROSSPOOL_LIST_##n(CROSSPOOL_BRACES), {any_value{}}}; };                                          \
    template <class T, class... Any> static constexpr bool behind_base =                                               \
        requires { T{any_base_of<T>{}, CROSSPOOL_LIST_##n(CROSSPOOL_BRACES), Any{}...}; };                             \
    template <class T> static constexpr auto open(T& object) noexcept {                                                \
      auto& [CROSSPOOL_LIST_##n(CROSSPOOL_NAME)] = object;                                                             \
      return std::tie(CROSSPOOL_LIST_##n(CROSSPOOL_NAME));                                                             \
    }                                                                                                                  \
    template <class T> static auto types_of(T& object) {                                                               \
      auto& [CROSSPOOL_LIST_##n(CROSSPOOL_NAME)] = object;                                                             \
      if constexpr (requires { detail::addressable(CROSSPOOL_LIST_##n(CROSSPOOL_NAME)); })                                     \
        return types<CROSSPOOL_LIST_##n(CROSSPOOL_TYPE)>{};                                                            \
      else                                                                                                             \
        return unaddressable{};                                                                                        \
    }                                                                                                                  \
  };
CROSSPOOL_ARITY(1) CROSSPOOL_ARITY(2) CROSSPOOL_ARITY(3) CROSSPOOL_ARITY(4) CROSSPOOL_ARITY(5) CROSSPOOL_ARITY(6) CROSSPOOL_ARITY(7) CROSSPOOL_ARITY(8)
CROSSPOOL_ARITY(9) CROSSPOOL_ARITY(10) CROSSPOOL_ARITY(11) CROSSPOOL_ARITY(12) CROSSPOOL_ARITY(13) CROSSPOOL_ARITY(14) CROSSPOOL_ARITY(15) CROSSPOOL_ARITY(16)
CROSSPOOL_ARITY(17) CROSSPOOL_ARITY(18) CROSSPOOL_ARITY(19) CROSSPOOL_ARITY(20) CROSSPOOL_ARITY(21) CROSSPOOL_ARITY(22) CROSSPOOL_ARITY(23) CROSSPOOL_ARITY(24)
CROSSPOOL_ARITY(25) CROSSPOOL_ARITY(26) CROSSPOOL_ARITY(27) CROSSPOOL_ARITY(28) CROSSPOOL_ARITY(29) CROSSPOOL_ARITY(30) CROSSPOOL_ARITY(31) CROSSPOOL_ARITY(32)
CROSSPOOL_ARITY(33) CROSSPOOL_ARITY(34) CROSSPOOL_ARITY(35) CROSSPOOL_ARITY(36) CROSSPOOL_ARITY(37) CROSSPOOL_ARITY(38) CROSSPOOL_ARITY(39) CROSSPOOL_ARITY(40)
CROSSPOOL_ARITY(41) CROSSPOOL_ARITY(42) CROSSPOOL_ARITY(43) CROSSPOOL_ARITY(44) CROSSPOOL_ARITY(45) CROSSPOOL_ARITY(46) CROSSPOOL_ARITY(47) CROSSPOOL_ARITY(48)
CROSSPOOL_ARITY(49) CROSSPOOL_ARITY(50) CROSSPOOL_ARITY(51) CROSSPOOL_ARITY(52) CROSSPOOL_ARITY(53) CROSSPOOL_ARITY(54) CROSSPOOL_ARITY(55) CROSSPOOL_ARITY(56)
CROSSPOOL_ARITY(57) CROSSPOOL_ARITY(58) CROSSPOOL_ARITY(59) CROSSPOOL_ARITY(60) CROSSPOOL_ARITY(61) CROSSPOOL_ARITY(62) CROSSPOOL_ARITY(63) CROSSPOOL_ARITY(64) CROSSPOOL_ARITY(65)
#undef CROSSPOOL_ARITY
#undef CROSSPOOL_NAME
#undef CROSSPOOL_TYPE
#undef CROSSPOOL_BRACES
#undef CROSSPOOL_LIST_1
#undef CROSSPOOL_LIST_2
#undef CROSSPOOL_LIST_3
#undef CROSSPOOL_LIST_4
#undef CROSSPOOL_LIST_5
#undef CROSSPOOL_LIST_6
#undef CROSSPOOL_LIST_7
#undef CROSSPOOL_LIST_8
#undef CROSSPOOL_LIST_9
#undef CROSSPOOL_LIST_10
#undef CROSSPOOL_LIST_11
#undef CROSSPOOL_LIST_12
#undef CROSSPOOL_LIST_13
#undef CROSSPOOL_LIST_14
#undef CROSSPOOL_LIST_15
#undef CROSSPOOL_LIST_16
#undef CROSSPOOL_LIST_17
#undef CROSSPOOL_LIST_18
#undef CROSSPOOL_LIST_19
#undef CROSSPOOL_LIST_20
#undef CROSSPOOL_LIST_21
#undef CROSSPOOL_LIST_22
#undef CROSSPOOL_LIST_23
#undef CROSSPOOL_LIST_24
#undef CROSSPOOL_LIST_25
#undef CROSSPOOL_LIST_26
#undef CROSSPOOL_LIST_27
#undef CROSSPOOL_LIST_28
#undef CROSSPOOL_LIST_29
#undef CROSSPOOL_LIST_30
#undef CROSSPOOL_LIST_31
#undef CROSSPOOL_LIST_32
#undef CROSSPOOL_LIST_33
#undef CROSSPOOL_LIST_34
#undef CROSSPOOL_LIST_35
#undef CROSSPOOL_LIST_36
#undef CROSSPOOL_LIST_37
#undef CROSSPOOL_LIST_38
#undef CROSSPOOL_LIST_39
#undef CROSSPOOL_LIST_40
#undef CROSSPOOL_LIST_41
#undef CROSSPOOL_LIST_42
#undef CROSSPOOL_LIST_43
#undef CROSSPOOL_LIST_44
#undef CROSSPOOL_LIST_45
#undef CROSSPOOL_LIST_46
#undef CROSSPOOL_LIST_47
#undef CROSSPOOL_LIST_48
#undef CROSSPOOL_LIST_49
#undef CROSSPOOL_LIST_50
#undef CROSSPOOL_LIST_51
#undef CROSSPOOL_LIST_52
#undef CROSSPOOL_LIST_53
#undef CROSSPOOL_LIST_54
#undef CROSSPOOL_LIST_55
#undef CROSSPOOL_LIST_56
#undef CROSSPOOL_LIST_57
#undef CROSSPOOL_LIST_58
#undef CROSSPOOL_LIST_59
#undef CROSSPOOL_LIST_60
#undef CROSSPOOL_LIST_61
#undef CROSSPOOL_LIST_62
#undef CROSSPOOL_LIST_63
#undef CROSSPOOL_LIST_64
#undef CROSSPOOL_LIST_65
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
  return arity<N>::template next<T, one_more_value<I>...>;
}
inline constexpr std::size_t longest_array_tried = 8;

// Whether T's first N members are all. {} cannot initialize the next one, but it may have an initializer in the class.
template <class T, std::size_t N, std::size_t... I>
consteval bool goes_on_with_arrays(std::index_sequence<I...>) {
  return (goes_on_with_array<T, N>(std::make_index_sequence<I + 2>{}) || ...);
}
template <class T, std::size_t N> consteval bool ends_behind() {
  using is = arity<N>;
  if constexpr (is::template next<T, any_value> || is::template next_in_braces<T> || is::template next<T, any_lvalue> ||
                is::template next<T, any_rvalue>)
    return false;
  else if constexpr (std::is_trivially_default_constructible_v<T>) // no member has an initializer in the class
    return true;
  else
    return !goes_on_with_arrays<T, N>(std::make_index_sequence<longest_array_tried - 1>{});
}

// Whether one of T's first members, sizeof...(I) of them, is what Any stands for.
template <class T, class Any, std::size_t... I> consteval bool has_any(std::index_sequence<I...>) {
  return (arity<I>::template next<T, Any> || ...);
}

// Whether a member of T has no name. The second question costs as much as the first: nobody asks it who need not.
template <class T> consteval bool has_unnamed(auto all) {
  if constexpr (has_any<T, any_unnamed>(all))
    return has_any<T, any_unnamed_of<T>>(all);
  else
    return false;
}

// How an aggregate is taken apart. What is initialized first are its bases.
struct shape {
  bool open = false;
  std::size_t bases = 0;
  std::size_t members = 0; // that structured bindings name: of the aggregate itself or all of its base
  bool references = false; // not open for what is known: some of the members are
  bool bindable = true;    // or only that the last of those counted is a reference
};

#ifndef __clang__
// GCC lets nothing initialize a flexible array, but would have a binding name it. What gives it away is that no
// constant can be copied bit by bit into what has one; into pointers and unions it cannot either, but these can be
// found.
template <std::size_t N> struct bits_of {
  unsigned char each[N];
};
template <class T>
concept copies_from_bits = std::is_trivially_copyable_v<T> && sizeof(T) <= 4096 && requires {
  typename std::bool_constant<(__builtin_bit_cast(T, bits_of<sizeof(T)>{}), true)>;
};
template <class T> struct any_of_no_bits {
  any_of_no_bits() = default;
  any_of_no_bits(const any_of_no_bits&) = delete;
  template <class U>
    requires(!std::is_same_v<U, T> && !std::is_array_v<U> && !std::is_arithmetic_v<U> && !std::is_enum_v<U> &&
             !(std::is_class_v<U> && copies_from_bits<U>))
  operator U() const {
    std::abort();
  }
};
template <class T, std::size_t... I> consteval bool has_flexible_array(std::index_sequence<I...> all) {
  if constexpr (!std::is_trivially_copyable_v<T> || sizeof(T) > 4096 || copies_from_bits<T>)
    return false;
  else
    return !has_any<T, any_of_no_bits<T>>(all);
}
#else
template <class T> consteval bool has_flexible_array(const auto&) {
  return false;
}
#endif

template <class T, std::size_t bases, std::size_t members> consteval shape shape_of_members() {
  using all = std::make_index_sequence<bases + members>;
  if constexpr (members > most_members || members == 0 || !ends_behind<T, bases + members>() ||
                has_flexible_array<T>(all{}))
    return {};
  else if constexpr (has_unnamed<T>(all{})) // a binding is an error
    return {};
  else
    return {!std::is_same_v<decltype(arity<members>::types_of(std::declval<T&>())), unaddressable>, bases, members};
}

// A number that a base of T has, bit by bit: which of bits are set for the base that initializer number I is for.
template <class T, std::size_t I, base_trait is, std::size_t... bits>
consteval std::size_t base_bits(std::index_sequence<bits...>) {
  return ((std::size_t{arity<I>::template next<T, base_that<T, is, bits>>} << bits) | ...);
}

// Whether the first bases initializers of T are for bases, each of another type, and not for a member that can be
// initialized by a base as well. One is: an aggregate with bases begins with one.
template <class T, std::size_t bases, std::size_t... I> consteval bool are_bases(std::index_sequence<I...> all) {
  if (has_any<T, no_base>(all))
    return false;
  if constexpr (bases > 1) {
    // Without bases of bases, a member can only take one of the bases counted; then it is the second of that name.
    if (has_any<T, base_that<T, base_trait::has_bases>>(all))
      return false;
    const std::size_t names[]{base_bits<T, I, base_trait::name_has_bit>(std::make_index_sequence<16>{})...};
    for (std::size_t i = 0; i < bases; ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (names[i] == names[j])
          return false;
  }
  return true;
}

template <class T, std::size_t bases = 1> consteval shape shape_with_bases() {
  using all_bases = std::make_index_sequence<bases>;
  if constexpr (constexpr auto count = count_members<T>(); count > most_members)
    return {};
  else if constexpr (arity<bases>::template next<T, any_base_of<T>>)
    return shape_with_bases<T, bases + 1>();
  else if constexpr (!are_bases<T, bases>(all_bases{}))
    return {};
  else if constexpr (!has_any<T, base_that<T, base_trait::has_members>>(all_bases{})) {
    if constexpr (count == bases)
      return {std::is_empty_v<T>, bases};
    else
      return shape_of_members<T, bases, count - bases>();
  } else if constexpr (count == 1 && ends_behind<T, 1>() &&
                       !arity<0>::next<T, base_that<T, base_trait::cannot_be_opened>>) {
    constexpr auto bits = std::make_index_sequence<std::bit_width(most_members)>{};
    constexpr auto members = base_bits<T, 0, base_trait::count_has_bit>(bits);
    if constexpr (members + base_bits<T, 0, base_trait::count_lacks_bit>(bits) + 1 != 1U << decltype(bits)::size())
      return {};
    else
      return {true, bases, members};
  } else
    return {};
}

// Then structured bindings name what its get gives, not its members.
template <class T>
concept has_tuple_protocol = requires { std::tuple_size<T>::value; };

template <class... M> consteval bool have_references(types<M...>) {
  return (std::is_reference_v<M> || ...);
}

// How many members T has, of which some are references that braces can initialize: without any, T cannot be.
template <class T, std::size_t N = most_members> consteval shape shape_with_references() {
  if constexpr (N == 0)
    return {};
  else if constexpr (!arity<N>::template accepts<T>)
    return shape_with_references<T, N - 1>();
  else if constexpr (arity<N - 1>::template behind_base<T>)
    return {};
  else if constexpr (!shape_of_members<T, 0, N>().open)
    return {};
  else
    return {.members = N, .references = have_references(decltype(arity<N>::types_of(std::declval<T&>())){})};
}

// A non-const lvalue reference among the first 16 members, which braces cannot initialize: the first that takes an
// lvalue and no value, the Rest being what those behind it need, if anything. How many follow is not known, as an array
// there would take as many initializers as it has elements.
template <class T, std::size_t N = 0, class... Rest> consteval shape shape_to_reference() {
  if constexpr (N == 16 || sizeof...(Rest) == 4)
    return {};
  else if constexpr (!arity<N>::template next<T, any_lvalue, Rest...>) {
    constexpr auto found = shape_to_reference<T, N, any_lvalue, Rest...>();
    if constexpr (found.references || sizeof...(Rest) != 0)
      return found;
    else
      return shape_to_reference<T, N + 1>();
  } else if constexpr (arity<N>::template next<T, any_value, Rest...>)
    return shape_to_reference<T, N + 1>();
  else if constexpr (N == 0)
    return {.members = 1, .references = true, .bindable = false};
  else if constexpr (arity<N - 1>::template behind_base<T, any_lvalue, Rest...>)
    return {};
  else
    return {.members = N + 1, .references = true, .bindable = false};
}

template <class T> consteval shape find_own_shape() {
  if constexpr (!arity<0>::accepts<T>)
    return shape_with_references<T>();
  else if constexpr (has_base<T>)
    return shape_with_bases<T>();
  else if constexpr (std::is_empty_v<T>)
    return {true};
  else
    return shape_of_members<T, 0, count_members<T>()>();
}
template <class T> consteval shape find_shape() {
  if constexpr (!std::is_class_v<T> || !std::is_aggregate_v<T> || has_tuple_protocol<T>)
    return {};
  else if constexpr (constexpr auto own = find_own_shape<T>(); own.open || own.references || has_base<T>)
    return own;
  else
    return shape_to_reference<T>();
}
template <class T> inline constexpr shape shape_of = find_shape<T>();

// Members that no binding names because they take no room count as well.
template <class U> consteval bool is_bare() {
  if constexpr (!std::is_empty_v<U> || !shape_of<U>.open)
    return false;
  else
    return count_members<U>() == shape_of<U>.bases;
}

template <class T> consteval bool find_owner();
template <class U, base_trait is, std::size_t bit> consteval bool base_is() {
  if constexpr (is == base_trait::has_members)
    return !is_bare<U>();
  else if constexpr (is == base_trait::has_bases)
    return has_base<U>;
  else if constexpr (is == base_trait::cannot_be_opened)
    return !shape_of<U>.open || shape_of<U>.bases != 0 || shape_of<U>.members == 0;
  else if constexpr (is == base_trait::owns_resource)
    return find_owner<U>();
  else if constexpr (is == base_trait::count_has_bit)
    return ((shape_of<U>.members >> bit) & 1U) != 0;
  else if constexpr (is == base_trait::count_lacks_bit)
    return ((shape_of<U>.members >> bit) & 1U) == 0;
  else {
    std::uint32_t hash = 2166136261; // FNV-1a
    for (const char c : type_name<U>())
      hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    return (((hash >> 16U ^ hash) >> bit) & 1U) != 0;
  }
}

/// Whether T is an aggregate that reflection cannot open as some of its members are references: these are known.
template <class T>
concept holds_references = shape_of<T>.references;

/// Whether T is an aggregate whose members members() can name: no bit-fields, no unions without a name, every member
/// initializable by empty braces, at most most_members of them; all of them its own or all of them its only base's,
/// other bases being empty aggregates.
template <class T>
concept openable = shape_of<T>.open;

template <class T>
  requires openable<std::remove_const_t<T>>
constexpr auto members(T& object) noexcept {
  if constexpr (std::is_empty_v<T>)
    return std::tuple<>{};
  else
    return arity<shape_of<std::remove_const_t<T>>.members>::open(object);
}

template <std::size_t> using unlooked_at = bool;
template <std::size_t... I> types<unlooked_at<I>..., fault::some_type&> types_to_reference(std::index_sequence<I...>);

template <class T> consteval auto list_members() {
  if constexpr (std::is_empty_v<T>)
    return types<>{};
  else if constexpr (constexpr auto is = shape_of<T>; is.bindable)
    return decltype(arity<is.members>::types_of(std::declval<std::remove_const_t<T>&>())){};
  else
    return decltype(detail::types_to_reference(std::make_index_sequence<is.members - 1>{})){};
}
/// types<…> of the members, as they are declared; up to the reference, if no more is known.
template <class T> using member_types = decltype(detail::list_members<T>());

// Stands for a const T& and a T&&. A class that can be moved takes both, so that neither can be chosen; but if it has a
// destructor or an assignment of its own, there is no implicit constructor that moves.
template <class T> struct either_reference {
  either_reference() = default;
  either_reference(const either_reference&) = delete;
  operator const T&() const;
  operator T&&() const;
};
template <class... M> consteval bool can_be_moved(types<M...>) {
  return (std::is_move_constructible_v<M> && ...);
}
template <class... M> consteval bool are_destroyed_trivially(types<M...>) {
  return (std::is_trivially_destructible_v<M> && ...);
}
// Whether an aggregate that can be opened, or a base of it, has a destructor or an assignment of its own, or where it
// cannot be told may have.
template <class T> consteval bool find_owner() {
  if constexpr (std::is_trivially_copyable_v<T>)
    return false;
  else if constexpr (shape_of<T>.bases != 0 &&
                     has_any<T, base_that<T, base_trait::owns_resource>>(std::make_index_sequence<shape_of<T>.bases>{}))
    return true;
  else if constexpr (std::is_move_constructible_v<T>)
    return std::is_constructible_v<T, either_reference<T>>;
  else // something in it cannot be moved, or it does not let it
    return !std::is_trivially_destructible_v<T> || can_be_moved(member_types<T>{});
}
template <class T>
concept owns_resource = find_owner<T>();

// The name of a member, from the compiler's spelling of the member's address in an object that is named but never made.

template <class T> union never_made {
  constexpr never_made() noexcept : nothing() {}
  constexpr ~never_made() {}
  char nothing;
  T value;
};
// Declared only, so that it takes no memory.
#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wundefined-internal"
#pragma clang diagnostic ignored "-Wundefined-var-template"
#endif
template <class T> extern never_made<T> never_made_object;

template <class M> struct member_address {
  const M* address;
};

template <class T, std::size_t I> consteval auto address_of_member() {
  auto& member = std::get<I>(detail::members(never_made_object<T>.value));
  return member_address<std::remove_cvref_t<decltype(member)>>{std::addressof(member)};
}

#ifdef __clang__
#pragma clang diagnostic pop
#endif

template <auto address> consteval std::string_view spelled_value() {
  return __PRETTY_FUNCTION__;
}

/// The name of T's member number I.
template <class T, std::size_t I> consteval std::string_view member_name() {
#ifdef __clang__
  constexpr std::string_view end = "}]"; // "… [address = member_address<X>{&never_made_object.value.name}]"
#else
  constexpr std::string_view end = ")}"; // "… {((const X*)(& never_made_object<T>.never_made<T>::value.T::name))}; …"
#endif
  auto name = spelled_value<address_of_member<T, I>()>();
  name = name.substr(0, name.rfind(end));
  while (name.ends_with(')'))
    name.remove_suffix(1);
  return name.substr(name.find_last_of(".:") + 1);
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
