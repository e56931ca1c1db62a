// What a type is, without looking into its parts: a value, something composed of parts, a class that has cereal
// functions of its own, or a reason why it cannot cross to another process.
#ifndef CROSSPOOL_CHECK_CLASSIFY_HPP
#define CROSSPOOL_CHECK_CLASSIFY_HPP

#include <crosspool/check/aggregate.hpp>
#include <crosspool/check/own_functions.hpp>

#include <cstdio>
#include <iterator>
#include <type_traits>

namespace CROSSPOOL_NAMESPACE {

/// For who knows better: specialize this as true for a trivially copyable T, and its bytes are sent as they are,
/// whatever the check thinks of it. Right for a pointer to what a fork pool's workers have inherited unchanged, and for
/// little else.
template <class T> inline constexpr bool crosses_as_bytes = false;

namespace detail {

template <class T> consteval kind classify_standard() {
  constexpr auto name = std_name(type_name<T>());
  if constexpr (has_functions_of_a_user<T>)
    return std::is_default_constructible_v<T> ? kind::trusted : kind::not_default_constructible;
  else if constexpr (find_known(name) != kind::value)
    return find_known(name);
  else if constexpr (is_path_name(name))
    return kind::value;
  else if constexpr (by_cereal<T>)
    return kind::composed;
  else if constexpr (functions_of<T>.saves() > 1 || functions_of<T>.loads() > 1)
    return kind::several_serialize_functions;
  else if constexpr (std::is_empty_v<T> && std::is_trivially_copyable_v<T> && std::is_default_constructible_v<T>)
    return kind::value;
  else if constexpr (std::input_or_output_iterator<T>)
    return kind::iterator;
  else if constexpr (name.starts_with("ranges::"))
    return kind::view;
  else if constexpr (!cereal_header(name).empty())
    return kind::missing_cereal_header;
  else if constexpr (points_to_polymorphic<T>)
    return kind::unregistered_polymorphic;
  else
    return kind::no_serialize_function;
}

// A path, or the entry of a folder, which is known by one: sent as its native string.
template <class T> inline constexpr bool is_path = false;
template <class T>
  requires(in_std<T> && is_path_name(std_name(type_name<T>())))
inline constexpr bool is_path<T> = !has_functions_of_a_user<T>;

template <class T> consteval kind classify() {
  if constexpr (std::is_reference_v<T>)
    return kind::reference;
  else if constexpr (std::is_volatile_v<T>)
    return kind::no_serialize_function;
  else if constexpr (crosses_as_bytes<T>)
    return std::is_trivially_copyable_v<T> ? kind::value : kind::not_trivially_copyable;
  else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T> || is_plain_string<T>)
    return kind::value;
  else if constexpr (std::is_member_pointer_v<T> || std::is_function_v<std::remove_pointer_t<T>>)
    return kind::function_pointer;
  else if constexpr (std::is_same_v<T, std::FILE*>)
    return kind::os_handle;
  else if constexpr (std::is_pointer_v<T> || std::is_null_pointer_v<T>)
    return kind::raw_pointer;
  else if constexpr (std::is_bounded_array_v<T>)
    return kind::composed;
  else if constexpr (std::is_void_v<T> || points_to_void<T> || points_to_array<T>)
    return kind::no_serialize_function;
  else if constexpr (!complete<T> || points_to_incomplete<T>)
    return kind::incomplete_type;
  else if constexpr (std::is_union_v<T>)
    return kind::union_type;
  else if constexpr (std::is_base_of_v<pool_or_future, T>)
    return kind::a_pool;
  else if constexpr (in_std<T>)
    return classify_standard<T>();
  else if constexpr (!std::is_class_v<T>)
    return kind::no_serialize_function;
  else if constexpr (is_closure<T>)
    return std::is_empty_v<T> && std::is_default_constructible_v<T> ? kind::value : kind::capturing_lambda;
  else if constexpr (functions_of<T>.any())
    return classify_by_functions<T>();
  else if constexpr (serializes_to_others<T>)
    return kind::serialize_function_for_others;
  else if constexpr (std::is_empty_v<T> && std::is_trivially_copyable_v<T> && std::is_default_constructible_v<T>)
    return kind::value;
  else if constexpr (std::input_or_output_iterator<T>)
    return kind::iterator;
  else if constexpr (openable<T> || holds_references<T>)
    return kind::composed;
  else if constexpr (std::is_aggregate_v<T>)
    return kind::aggregate_that_cannot_be_opened;
  else
    return kind::no_serialize_function;
}

} // namespace detail
} // namespace CROSSPOOL_NAMESPACE

#endif
