// Members of an aggregate, found with no code written for it: counted by trying initializers, opened by structured
// bindings. Relies on nothing but the language. (The idea of counting by initializers is Boost.PFR's; here each member
// is tried with empty braces, so that an array counts as one member whatever its length.)
#ifndef CROSSPOOL_REFLECT_HPP
#define CROSSPOOL_REFLECT_HPP

#include <crosspool/version.hpp>

#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace crosspool::detail {

inline constexpr std::size_t most_members = 64;

// Stands for a base of T, and for nothing else: no type but a base of T can be initialized by it.
template <class T> struct any_base_of {
  any_base_of() = default;
  any_base_of(const any_base_of&) = delete;
  template <class U>
    requires(std::is_base_of_v<U, T> && !std::is_same_v<U, T>)
  operator U() const;
};

template <class T>
concept has_base = requires { T{any_base_of<T>{}}; };

// Stands for any union, and for nothing else.
struct any_union {
  any_union() = default;
  any_union(const any_union&) = delete;
  template <class U>
    requires std::is_union_v<U>
  operator U() const;
};

template <class... M> constexpr std::tuple<M&...> references(M&... members) noexcept {
  return {members...};
}

// What opening yields when a member has no address: a bit-field.
struct unaddressable {};

// arity<N>: whether a type takes N initializers, and how to open one that has N members. One more than most_members is
// tried, to tell a type that has more.
template <std::size_t N> struct arity;

template <> struct arity<0> {
  template <class T> static constexpr bool accepts = requires { T{}; };
  template <class T> static constexpr bool union_next = requires { T{any_union{}}; };
  template <class T> static constexpr auto open(T&) noexcept { return std::tuple<>{}; }
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
#define CROSSPOOL_ARITY(n)                                                                                             \
  template <> struct arity<n> {                                                                                        \
    template <class T> static constexpr bool accepts = requires { T{CROSSPOOL_LIST_##n(CROSSPOOL_BRACES)}; };          \
    template <class T> static constexpr bool union_next =                                                              \
        requires { T{CROSSPOOL_LIST_##n(CROSSPOOL_BRACES), any_union{}}; };                                            \
    template <class T> static constexpr auto open(T& object) noexcept {                                                \
      auto& [CROSSPOOL_LIST_##n(CROSSPOOL_NAME)] = object;                                                             \
      if constexpr (requires { references(CROSSPOOL_LIST_##n(CROSSPOOL_NAME)); })                                      \
        return references(CROSSPOOL_LIST_##n(CROSSPOOL_NAME));                                                         \
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

// Whether one of T's members is a union: if it has no name, a structured binding would be an error, not a no.
template <class T, std::size_t... I> consteval bool has_union(std::index_sequence<I...>) {
  return (arity<I>::template union_next<T> || ...);
}

template <class T> consteval bool find_openable() {
  if constexpr (!std::is_class_v<T> || !std::is_aggregate_v<T> || !arity<0>::accepts<T> || has_base<T>)
    return false;
  else if constexpr (std::is_empty_v<T>)
    return true;
  else {
    constexpr auto count = count_members<T>();
    if constexpr (count > most_members || has_union<T>(std::make_index_sequence<count>{}))
      return false;
    else
      return !std::is_same_v<decltype(arity<count>::open(std::declval<T&>())), unaddressable>;
  }
}

/// Whether T is an aggregate whose members members() can name: no bases, no bit-fields, no unions, every member
/// initializable by empty braces, at most most_members of them.
template <class T>
concept openable = find_openable<T>();

template <class T>
  requires openable<std::remove_const_t<T>>
constexpr auto members(T& object) noexcept {
  if constexpr (std::is_empty_v<T>)
    return std::tuple<>{};
  else
    return arity<count_members<std::remove_const_t<T>>()>::open(object);
}

// The members' types, as declared but for const of the object.
template <class Tuple> struct unreferenced;
template <class... M> struct unreferenced<std::tuple<M&...>> {
  using type = std::tuple<std::type_identity<M>...>;
};

/// std::tuple<std::type_identity<M>...> of the members' types M.
template <class T> using member_types = typename unreferenced<decltype(members(std::declval<T&>()))>::type;

// The name of a member, from the compiler's spelling of the member's address in an object that is named but never made.

template <class T> union never_made {
  constexpr never_made() noexcept : nothing() {}
  constexpr ~never_made() {}
  char nothing;
  T value;
};
template <class T> inline never_made<T> never_made_object;

template <class M> struct member_address {
  const M* address;
};

template <class T, std::size_t I> consteval auto address_of_member() {
  auto& member = std::get<I>(members(never_made_object<T>.value));
  return member_address<std::remove_cvref_t<decltype(member)>>{&member};
}

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

} // namespace crosspool::detail

#endif
