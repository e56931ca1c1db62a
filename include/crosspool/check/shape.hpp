// How an aggregate is taken apart: how many of its first initializers are for bases, how many members a structured
// binding names, and whether it can be opened so. Relies on nothing but the language.
#ifndef CROSSPOOL_CHECK_SHAPE_HPP
#define CROSSPOOL_CHECK_SHAPE_HPP

#include <crosspool/check/arity.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

namespace CROSSPOOL_NAMESPACE::detail {

// What is initialized first are the bases.
struct shape {
  bool open = false;
  std::size_t bases = 0;
  std::size_t members = 0; // that structured bindings name: of the aggregate itself or all of its base
  bool references = false; // not open for what is known: some of the members are
  bool bindable = true;    // or only that the last of those counted is a reference
};
template <class T> consteval shape find_shape();
template <class T> inline constexpr shape shape_of = find_shape<T>();

// ---- what can be asked about a base, which has no name here: whether it is one that can be initialized ----

template <class U, class T, class Is>
concept base_that_is = base_of<U, T> && Is::template of<U>;
template <class T, class Is> struct is_base_that {
  template <class U> static constexpr bool of = base_that_is<U, T, Is>;
};
// Stands for a base of T that is so.
template <class T, class Is> using base_that = any_that<is_base_that<T, Is>>;

// Members that no binding names because they take no room count as well.
template <class U> consteval bool is_bare() {
  if constexpr (!std::is_empty_v<U> || !shape_of<U>.open)
    return false;
  else
    return count_members<U>() == shape_of<U>.bases;
}
struct with_members {
  template <class U> static constexpr bool of = !is_bare<U>();
};
struct with_bases {
  template <class U> static constexpr bool of = has_base<U>;
};
struct not_to_be_opened {
  template <class U> static constexpr bool of = !shape_of<U>.open || shape_of<U>.bases != 0 || shape_of<U>.members == 0;
};
template <std::size_t bit> struct with_bit_in_count {
  template <class U> static constexpr bool of = ((shape_of<U>.members >> bit) & 1U) != 0;
};
template <std::size_t bit> struct without_bit_in_count {
  template <class U> static constexpr bool of = ((shape_of<U>.members >> bit) & 1U) == 0;
};
template <class U> consteval std::uint32_t hash_of_name() {
  std::uint32_t hash = 2166136261; // FNV-1a
  for (const char c : type_name<U>())
    hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash >> 16U ^ hash;
}
template <std::size_t bit> struct with_bit_in_name {
  template <class U> static constexpr bool of = ((hash_of_name<U>() >> bit) & 1U) != 0;
};

// ---- what a binding would not bear ----

// Whether a member of T has no name. The second question costs as much as the first: nobody asks it who need not.
template <class T> consteval bool has_unnamed(auto all) {
  if constexpr (has_any<T, any_unnamed>(all))
    return has_any<T, any_unnamed_of<T>>(all);
  else
    return false;
}

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
template <class U, class T>
concept needs_more_than_bits = !std::is_same_v<U, T> && !std::is_array_v<U> && !std::is_arithmetic_v<U> &&
                               !std::is_enum_v<U> && !(std::is_class_v<U> && copies_from_bits<U>);
template <class T> struct is_of_no_bits {
  template <class U> static constexpr bool of = needs_more_than_bits<U, T>;
};
template <class T, std::size_t... I> consteval bool has_flexible_array(std::index_sequence<I...> all) {
  if constexpr (!std::is_trivially_copyable_v<T> || sizeof(T) > 4096 || copies_from_bits<T>)
    return false;
  else
    return !has_any<T, any_that<is_of_no_bits<T>>>(all);
}
#else
template <class T> consteval bool has_flexible_array(const auto&) {
  return false;
}
#endif

// ---- members, bases, references ----

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
template <class T, std::size_t I, template <std::size_t> class Is, std::size_t... bits>
consteval std::size_t base_bits(std::index_sequence<bits...>) {
  return ((std::size_t{arity<I>::template accepts<T, base_that<T, Is<bits>>>} << bits) | ...);
}

// Whether the first bases initializers of T are for bases, each of another type, and not for a member that can be
// initialized by a base as well. One is: an aggregate with bases begins with one.
template <class T, std::size_t bases, std::size_t... I> consteval bool are_bases(std::index_sequence<I...> all) {
  if (has_any<T, no_base>(all))
    return false;
  if constexpr (bases > 1) {
    // Without bases of bases, a member can only take one of the bases counted; then it is the second of that name.
    if (has_any<T, base_that<T, with_bases>>(all))
      return false;
    const std::size_t names[]{base_bits<T, I, with_bit_in_name>(std::make_index_sequence<16>{})...};
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
  else if constexpr (arity<bases>::template accepts<T, any_base_of<T>>)
    return shape_with_bases<T, bases + 1>();
  else if constexpr (!are_bases<T, bases>(all_bases{}))
    return {};
  else if constexpr (!has_any<T, base_that<T, with_members>>(all_bases{})) {
    if constexpr (count == bases)
      return {std::is_empty_v<T>, bases};
    else
      return shape_of_members<T, bases, count - bases>();
  } else if constexpr (count == 1 && ends_behind<T, 1>() && !arity<0>::accepts<T, base_that<T, not_to_be_opened>>) {
    constexpr auto bits = std::make_index_sequence<std::bit_width(most_members)>{};
    constexpr auto members = base_bits<T, 0, with_bit_in_count>(bits);
    if constexpr (members + base_bits<T, 0, without_bit_in_count>(bits) + 1 != 1U << decltype(bits)::size())
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
  else if constexpr (!arity<N>::template accepts<T, any_lvalue, Rest...>) {
    constexpr auto found = shape_to_reference<T, N, any_lvalue, Rest...>();
    if constexpr (found.references || sizeof...(Rest) != 0)
      return found;
    else
      return shape_to_reference<T, N + 1>();
  } else if constexpr (arity<N>::template accepts<T, any_value, Rest...>)
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

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
