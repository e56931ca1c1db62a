// Aggregates with const members: nothing can be loaded into these, so that the aggregate is built of its members, in
// the order of its braces. Here is which types that concerns, and which of them can be built.
#ifndef CROSSPOOL_CHECK_CONST_MEMBERS_HPP
#define CROSSPOOL_CHECK_CONST_MEMBERS_HPP

#include <crosspool/check/access.hpp>
#include <crosspool/check/classify.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

// Whether T is opened, and not handed to cereal.
template <class T> consteval bool find_opened() {
  if constexpr (std::is_class_v<T> && classify<T>() == kind::composed)
    return !by_cereal<T>;
  else
    return false;
}
template <class T>
concept opened = find_opened<T>();

// Whether T is an aggregate whose members cannot all be loaded into, because they or what is in them is const: it is
// built of its members instead, if it can be.
template <class T> inline constexpr bool is_built = false;
template <class... M> consteval bool have_constants(types<M...>) {
  return ((std::is_const_v<M> || is_built<M>) || ...);
}
template <opened T> inline constexpr bool is_built<T> = detail::have_constants(member_types<T>{});

template <class T> inline constexpr bool is_buildable = !is_built<T>;
template <class M>
concept can_be_returned = !std::is_array_v<M> && std::is_move_constructible_v<M> && is_buildable<M>;
template <class T, class... M, std::size_t... bases>
consteval bool can_be_built(types<M...>, std::index_sequence<bases...>) {
  return (can_be_returned<std::remove_const_t<M>> && ...) &&
         requires(M (*... make)()) { T{(static_cast<void>(bases), made_base_of<T>{})..., make()...}; };
}
template <class T>
  requires is_built<T>
inline constexpr bool is_buildable<T> = std::is_move_constructible_v<T> &&
                                        detail::can_be_built<T>(member_types<T>{},
                                                                std::make_index_sequence<shape_of<T>.bases>{});

template <class T> inline constexpr bool is_vector_or_optional = false;
template <class T, class A> inline constexpr bool is_vector_or_optional<std::vector<T, A>> = true;
template <class T> inline constexpr bool is_vector_or_optional<std::optional<T>> = true;

// cereal makes an element first and then loads into it, which replaces what is built: better decode that by itself.
// What cannot be moved must stay where cereal makes it.
template <class T>
concept made_by_cereal = std::is_default_constructible_v<T> &&
                         (std::is_move_assignable_v<T> || !std::is_move_constructible_v<T>);

// The order of equal elements is a part of their value, and cereal turns it around.
template <class T>
concept keeps_equals = in_std<T> && (std_name(type_name<T>()).starts_with("multimap<") ||
                                     std_name(type_name<T>()).starts_with("multiset<"));

// The containers whose elements are decoded and then put in, where cereal could not make them, or not as they were.
template <class T> consteval bool find_filled_with_decoded() {
  if constexpr (has_functions_of_a_user<T>)
    return false;
  else if constexpr (is_vector_or_optional<T>)
    return !made_by_cereal<typename T::value_type>;
  else if constexpr (keeps_equals<T>)
    return true;
  else if constexpr (in_std<T> && map_like<T>)
    return !made_by_cereal<typename T::key_type> || !made_by_cereal<typename T::mapped_type>;
  else
    return false;
}
template <class T>
concept filled_with_decoded = find_filled_with_decoded<T>();

template <class T> inline constexpr bool is_std_array = false;
template <class T, std::size_t N> inline constexpr bool is_std_array<std::array<T, N>> = true;

// Whether cereal constructs what a pointer to T points to, though T has no default constructor for others.
template <class T> consteval bool find_constructed_by_cereal() {
  if constexpr (!std::is_class_v<T> || !by_cereal<T>)
    return false;
  else if constexpr (cereal::traits::has_load_and_construct<T, input_archive>::value)
    return true;
  else if constexpr (classify<T>() == kind::not_default_constructible)
    return made_by_access<T>;
  else
    return false;
}
template <class T>
concept constructed_by_cereal = find_constructed_by_cereal<T>();

// Whether what holds Ts can make one that has no default constructor: {} makes it as an element of an array or a
// member.
template <class Holder> consteval bool makes_by_braces() {
  if constexpr (std::is_array_v<Holder> || is_std_array<Holder>)
    return true;
  else
    return filled_with_decoded<Holder>;
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
