// What a type is made of, without looking into the parts: a value, something composed of parts, a class that has cereal
// functions of its own, or a reason why it cannot cross to another process.
// Relies on cereal's traits to know what has serialization functions.
#ifndef CROSSPOOL_CLASSIFY_HPP
#define CROSSPOOL_CLASSIFY_HPP

#include <crosspool/archive.hpp>
#include <crosspool/reflect.hpp>
#include <crosspool/standard_types.hpp>
#include <crosspool/type_name.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <memory>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace crosspool {

/// For who knows better: specialize this as true for a trivially copyable T, and its bytes are sent as they are,
/// whatever the check thinks of it. Right for a pointer to what a fork pool's workers have inherited unchanged, and for
/// little else.
template <class T> inline constexpr bool crosses_as_bytes = false;

namespace detail {

/// Base of pools and futures, to know them by.
struct pool_or_future {};

template <class T> inline constexpr bool in_std = !std_name(type_name<T>()).empty();

template <class T>
inline constexpr bool is_closure = type_name<T>().find("(lambda at ") != std::string_view::npos
                                       ? type_name<T>().ends_with(')')
                                       : type_name<T>().find("<lambda(") != std::string_view::npos &&
                                             type_name<T>().ends_with(")>");

// cereal's own wrappers (NameValuePair, SizeTag…): only cereal knows what to do with them.
template <class T>
inline constexpr bool is_wrapper = type_name<T>().starts_with("cereal::");

template <class T>
concept saves_by_cereal = cereal::traits::is_output_serializable<T, output_archive>::value;

template <class T>
concept loads_by_cereal = cereal::traits::is_input_serializable<T, input_archive>::value;

template <class T>
concept by_cereal = saves_by_cereal<T> && loads_by_cereal<T>;

template <class T>
concept complete = requires { sizeof(T); };

// A save that is not const: cereal answers it with an assertion of its own, so it must not be asked.
template <class Saves>
concept only_not_const = !Saves::value && Saves::not_const_type;
template <class T>
concept saves_not_const = only_not_const<cereal::traits::detail::has_member_save_impl<T, output_archive>> ||
                          only_not_const<cereal::traits::detail::has_member_versioned_save_impl<T, output_archive>> ||
                          only_not_const<cereal::traits::detail::has_non_member_save_impl<T, output_archive>> ||
                          only_not_const<cereal::traits::detail::has_non_member_versioned_save_impl<T, output_archive>>;

// A save_minimal and a load_minimal that do not fit each other, likewise. What is wrong with them, or kind::value.
template <class T> consteval kind find_minimal_fault() {
#define CROSSPOOL_LOOK_AT(form, found, match, matches)                                                                 \
  {                                                                                                                    \
    using saves = cereal::traits::detail::has_##form##_save_minimal_impl<T, output_archive>;                           \
    using loads = cereal::traits::detail::has_##form##_load_minimal_impl<T, input_archive>;                            \
    using saved =                                                                                                      \
        typename cereal::traits::detail::get_##form##_save_minimal_type<T, output_archive, saves::value>::type;        \
    if constexpr (!saves::valid || (loads::found && !saves::value) ||                                                  \
                  (saves::value && !cereal::traits::is_minimal_type<saved>::value))                                    \
      return kind::loads_but_cannot_save;                                                                              \
    else if constexpr (loads::found)                                                                                   \
      if constexpr (!cereal::traits::detail::has_##form##_load_minimal_##match<T, input_archive, saved>::matches)      \
        return kind::saves_but_cannot_load;                                                                            \
  }
  CROSSPOOL_LOOK_AT(member, value, type_impl, value)
  CROSSPOOL_LOOK_AT(member_versioned, value, type_impl, value)
  CROSSPOOL_LOOK_AT(non_member, exists, impl, valid)
  CROSSPOOL_LOOK_AT(non_member_versioned, exists, impl, valid)
#undef CROSSPOOL_LOOK_AT
  return kind::value;
}

template <class T>
concept points_to_incomplete = in_std<T> && requires {
  typename T::element_type;
  requires !std::is_array_v<typename T::element_type>;
  requires !complete<typename T::element_type>;
};

// cereal takes these for pointers to one object.
template <class T> inline constexpr bool points_to_array = false;
template <class T, class D> inline constexpr bool points_to_array<std::unique_ptr<T[], D>> = true;
template <class T>
  requires std::is_array_v<T>
inline constexpr bool points_to_array<std::shared_ptr<T>> = true;
template <class T>
  requires std::is_array_v<T>
inline constexpr bool points_to_array<std::weak_ptr<T>> = true;

template <class T>
concept points_to_polymorphic = requires { requires std::is_polymorphic_v<typename T::element_type>; };

template <class T>
concept tuple_like = requires { std::tuple_size<T>::value; };

template <class T>
concept map_like = requires {
  typename T::key_type;
  typename T::mapped_type;
};

// A part of a type: how to get there, and what is there.
template <class Step, class T> struct part {};

template <class T> inline constexpr bool is_variant = false;
template <class... A> inline constexpr bool is_variant<std::variant<A...>> = true;

template <class T> inline constexpr bool is_string = false;
template <class C, class Traits, class A> inline constexpr bool is_string<std::basic_string<C, Traits, A>> = true;

template <class T> consteval kind classify() {
  if constexpr (std::is_reference_v<T>)
    return kind::reference;
  else if constexpr (std::is_volatile_v<T>)
    return kind::no_serialize_function;
  else if constexpr (crosses_as_bytes<T>)
    return kind::value;
  else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T> || is_string<T>)
    return kind::value;
  else if constexpr (std::is_member_pointer_v<T> || std::is_function_v<std::remove_pointer_t<T>>)
    return kind::function_pointer;
  else if constexpr (std::is_same_v<T, std::FILE*>)
    return kind::os_handle;
  else if constexpr (std::is_pointer_v<T> || std::is_null_pointer_v<T>)
    return kind::raw_pointer;
  else if constexpr (std::is_bounded_array_v<T>)
    return kind::composed;
  else if constexpr (!complete<T> || points_to_incomplete<T> || points_to_array<T>)
    return kind::no_serialize_function;
  else if constexpr (std::is_union_v<T>)
    return kind::union_type;
  else if constexpr (std::is_base_of_v<pool_or_future, T>)
    return kind::a_pool;
  else if constexpr (in_std<T> && find_known(std_name(type_name<T>())) != kind::value)
    return find_known(std_name(type_name<T>()));
  else if constexpr (is_closure<T>)
    return std::is_empty_v<T> && std::is_default_constructible_v<T> ? kind::value : kind::capturing_lambda;
  else if constexpr (!in_std<T> && saves_not_const<T>)
    return kind::loads_but_cannot_save;
  else if constexpr (!in_std<T> && find_minimal_fault<T>() != kind::value)
    return find_minimal_fault<T>();
  else if constexpr (by_cereal<T>) {
    if constexpr (in_std<T>)
      return kind::composed;
    else
      return std::is_default_constructible_v<T> ? kind::trusted : kind::not_default_constructible;
  } else if constexpr (saves_by_cereal<T> && !loads_by_cereal<T>)
    return kind::saves_but_cannot_load;
  else if constexpr (loads_by_cereal<T> && !saves_by_cereal<T>)
    return kind::loads_but_cannot_save;
  else if constexpr (std::is_empty_v<T> && std::is_trivially_copyable_v<T> && std::is_default_constructible_v<T>)
    return kind::value;
  else if constexpr (std::input_or_output_iterator<T>)
    return kind::iterator;
  else if constexpr (in_std<T> && std_name(type_name<T>()).starts_with("ranges::"))
    return kind::view;
  else if constexpr (in_std<T> && !cereal_header(std_name(type_name<T>())).empty())
    return kind::missing_cereal_header;
  else if constexpr (in_std<T> && points_to_polymorphic<T>)
    return kind::unregistered_polymorphic;
  else if constexpr (in_std<T>)
    return kind::no_serialize_function;
  else if constexpr (openable<T>)
    return kind::composed;
  else if constexpr (std::is_aggregate_v<T>)
    return kind::aggregate_that_cannot_be_opened;
  else
    return kind::no_serialize_function;
}

// The parts of a composed type, as a list of part<Step, Type>.
template <template <std::size_t> class Step, class Types, class Indices> struct numbered_parts;
template <template <std::size_t> class Step, class... T, std::size_t... I>
struct numbered_parts<Step, types<T...>, std::index_sequence<I...>> {
  using type = types<part<Step<I>, T>...>;
};
template <template <std::size_t> class Step, class... T>
using numbered = typename numbered_parts<Step, types<T...>, std::index_sequence_for<T...>>::type;

template <class T, class Indices> struct tuple_parts_of;
template <class T, std::size_t... I> struct tuple_parts_of<T, std::index_sequence<I...>> {
  using type = numbered<tuple_element, std::tuple_element_t<I, T>...>;
};

template <class T> struct variant_parts;
template <class... A> struct variant_parts<std::variant<A...>> {
  using type = numbered<alternative, A...>;
};

template <class Members> struct member_parts;
template <class... M> struct member_parts<types<M...>> {
  using type = numbered<member_number, M...>;
};

template <class T> consteval auto find_parts() {
  if constexpr (std::is_bounded_array_v<T>)
    return std::type_identity<types<part<each_element, std::remove_extent_t<T>>>>{};
  else if constexpr (!by_cereal<T>)
    return member_parts<member_types<T>>{};
  else if constexpr (map_like<T>)
    return std::type_identity<
        types<part<each_key, typename T::key_type>, part<each_mapped_value, typename T::mapped_type>>>{};
  else if constexpr (is_variant<T>)
    return variant_parts<T>{};
  else if constexpr (requires { typename T::value_type; }) // containers, arrays, optional, atomic, complex …
    return std::type_identity<types<part<each_element, typename T::value_type>>>{};
  else if constexpr (tuple_like<T>)
    return tuple_parts_of<T, std::make_index_sequence<std::tuple_size_v<T>>>{};
  else if constexpr (requires {
                       typename T::element_type;
                     }) { // smart pointers; a polymorphic pointee is cereal's to find
    if constexpr (!complete<typename T::element_type> || std::is_polymorphic_v<typename T::element_type>)
      return std::type_identity<types<>>{};
    else
      return std::type_identity<types<part<pointee, std::remove_const_t<typename T::element_type>>>>{};
  } else
    return std::type_identity<types<>>{};
}
template <class T> using parts = typename decltype(find_parts<T>())::type;

} // namespace detail
} // namespace crosspool

#endif
