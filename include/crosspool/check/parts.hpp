// The parts of a composed type, and the steps to them: members, elements, alternatives, what a pointer points to; and
// of what a worker makes anew, as a comparator, those that keep a type from crossing.
#ifndef CROSSPOOL_CHECK_PARTS_HPP
#define CROSSPOOL_CHECK_PARTS_HPP

#include <crosspool/check/aggregate.hpp>
#include <crosspool/check/by_cereal.hpp>

#include <cstddef>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace CROSSPOOL_NAMESPACE::detail {

// A part of a type: how to get there, and what is there.
template <class Step, class T> struct part {};

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

template <class D> inline constexpr bool is_default_delete = false;
template <class T> inline constexpr bool is_default_delete<std::default_delete<T>> = true;

// The steps to what is made anew.
template <class Step> inline constexpr kind fault_of_made_anew = kind::value;
template <> inline constexpr kind fault_of_made_anew<comparator> = kind::state_left_behind;
template <> inline constexpr kind fault_of_made_anew<hasher> = kind::state_left_behind;
template <> inline constexpr kind fault_of_made_anew<key_equal> = kind::state_left_behind;
template <> inline constexpr kind fault_of_made_anew<allocator> = kind::state_left_behind;
template <> inline constexpr kind fault_of_made_anew<deleter> = kind::custom_deleter;

template <class Step, class C, bool faulty> using part_if = std::conditional_t<faulty, types<part<Step, C>>, types<>>;

// Of the parts that a container or pointer T has beside its elements, those that keep it from crossing, or may.
template <class T> consteval auto find_order() {
  if constexpr (requires { typename T::key_compare; })
    return part_if<comparator, typename T::key_compare, !holds_no_state<typename T::key_compare>>{};
  else if constexpr (requires {
                       typename T::container_type;
                       typename T::value_compare;
                     })
    return part_if<comparator, typename T::value_compare, !holds_no_state<typename T::value_compare>>{};
  else if constexpr (requires {
                       typename T::hasher;
                       typename T::key_equal;
                     })
    return decltype(part_if<hasher, typename T::hasher, !holds_no_state<typename T::hasher>>{} +
                    part_if<key_equal, typename T::key_equal, !holds_no_state<typename T::key_equal>>{}){};
  else
    return types<>{};
}
template <class T> consteval auto find_memory() {
  if constexpr (requires { typename T::allocator_type; })
    return part_if<allocator, typename T::allocator_type, !made_anew_as_allocator<typename T::allocator_type>>{};
  else if constexpr (requires { typename T::deleter_type; })
    return part_if<deleter, typename T::deleter_type, !is_default_delete<typename T::deleter_type>>{};
  else
    return types<>{};
}
template <class T> consteval auto find_other_parts() {
  if constexpr (requires { typename T::container_type; })
    return decltype(types<part<inner_container, typename T::container_type>>{} + find_order<T>() + find_memory<T>()){};
  else
    return decltype(find_order<T>() + find_memory<T>()){};
}

// Whether a pointer to this polymorphic class points to no class derived from it, or only to what crosses no more.
template <class T>
concept is_only_itself = std::is_final_v<T> || (in_std<T> && find_known(std_name(type_name<T>())) != kind::value);

template <class T> consteval auto find_main_parts() {
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
    if constexpr (!complete<typename T::element_type>)
      return std::type_identity<types<>>{};
    else if constexpr (std::is_polymorphic_v<typename T::element_type> && !is_only_itself<typename T::element_type>)
      return std::type_identity<types<>>{};
    else
      return std::type_identity<types<part<pointee, std::remove_const_t<typename T::element_type>>>>{};
  } else
    return std::type_identity<types<>>{};
}
template <class T> consteval auto find_parts() {
  using main = typename decltype(find_main_parts<T>())::type;
  if constexpr (std::is_class_v<T> && by_cereal<T>)
    return std::type_identity<decltype(main{} + find_other_parts<T>())>{};
  else
    return std::type_identity<main>{};
}
template <class T> using parts = typename decltype(find_parts<T>())::type;

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
