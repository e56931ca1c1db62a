// Whether cereal serializes a class: by functions of the class's own, a user's or cereal's. cereal counts functions for
// what the class converts to as well; where that would keep it from choosing, it is told here which function there is.
// Relies on cereal 1.3.
#ifndef CROSSPOOL_CHECK_BY_CEREAL_HPP
#define CROSSPOOL_CHECK_BY_CEREAL_HPP

#include <crosspool/check/class_traits.hpp>
#include <crosspool/check/initializers.hpp>
#include <crosspool/check/template_functions.hpp>

#include <type_traits>
#include <variant>

namespace CROSSPOOL_NAMESPACE::detail {

// The functions of a class, as far as cereal may be asked about it.
template <class T> consteval functions find_functions_of() {
  if constexpr (!std::is_class_v<T> || !complete<T> || points_to_incomplete<T>)
    return {};
  else if constexpr (in_std<T>)
    return find_outside<T>();
  else {
    constexpr auto has_bases = [] {
      if constexpr (std::is_aggregate_v<T>)
        return has_base<T>;
      else
        return true;
    };
    auto found = find_functions<T, has_bases()>();
    if constexpr (map_like<T>)
      if (!usable_as_map<T> && saved_as_any_map<T>) {
        found.saving &= ~outside_save;
        found.loading &= ~outside_save;
      }
    return found;
  }
}
template <class T> inline constexpr functions functions_of = find_functions_of<T>();

// ---- what cereal is told ----

// An archive that no user can mean: what is specialized for it is specialized for all.
struct any_archive {};
template <class T>
concept specialized = cereal::traits::is_specialized<T, any_archive>::value;

template <class A> inline constexpr bool is_own_archive = false;
template <> inline constexpr bool is_own_archive<output_archive> = true;
template <> inline constexpr bool is_own_archive<input_archive> = true;

// Whether cereal finds more, as it looks for conversions, too.
template <class T> consteval bool cereal_finds_several() {
  using namespace cereal::traits;
  using A = output_archive;
  using B = input_archive;
  return (has_member_serialize<T, A>::value + has_member_versioned_serialize<T, A>::value +
          has_non_member_serialize<T, A>::value + has_non_member_versioned_serialize<T, A>::value +
          has_member_save<T, A>::value + has_member_versioned_save<T, A>::value + has_non_member_save<T, A>::value +
          has_non_member_versioned_save<T, A>::value + has_member_save_minimal<T, A>::value +
          has_member_versioned_save_minimal<T, A>::value + has_non_member_save_minimal<T, A>::value +
          has_non_member_versioned_save_minimal<T, A>::value) > 1 ||
         (has_member_serialize<T, B>::value + has_member_versioned_serialize<T, B>::value +
          has_non_member_serialize<T, B>::value + has_non_member_versioned_serialize<T, B>::value +
          has_member_load<T, B>::value + has_member_versioned_load<T, B>::value + has_non_member_load<T, B>::value +
          has_non_member_versioned_load<T, B>::value + has_member_load_minimal<T, B>::value +
          has_member_versioned_load_minimal<T, B>::value + has_non_member_load_minimal<T, B>::value +
          has_non_member_versioned_load_minimal<T, B>::value) > 1;
}

// Whether T's functions have this form, and cereal cannot see it.
template <class T, class A, unsigned this_form> consteval bool is_to_be_told() {
  if constexpr (!is_own_archive<A> || !std::is_class_v<T>)
    return false;
  else if constexpr (functions_of<T>.one_form() != this_form || specialized<T>)
    return false;
  else
    return cereal_finds_several<T>();
}
template <class T, class A, unsigned this_form>
concept told = is_to_be_told<T, A, this_form>();

} // namespace CROSSPOOL_NAMESPACE::detail

// Whoever specializes this for a class of his is more special.
template <class A, class T>
  requires crosspool::detail::told<T, A, crosspool::detail::member_serialize>
struct cereal::specialize<A, T, cereal::specialization::member_serialize> : std::true_type {};
template <class A, class T>
  requires crosspool::detail::told<T, A, crosspool::detail::outside_serialize>
struct cereal::specialize<A, T, cereal::specialization::non_member_serialize> : std::true_type {};
template <class A, class T>
  requires crosspool::detail::told<T, A, crosspool::detail::member_save>
struct cereal::specialize<A, T, cereal::specialization::member_load_save> : std::true_type {};
template <class A, class T>
  requires crosspool::detail::told<T, A, crosspool::detail::outside_save>
struct cereal::specialize<A, T, cereal::specialization::non_member_load_save> : std::true_type {};
template <class A, class T>
  requires crosspool::detail::told<T, A, crosspool::detail::member_minimal>
struct cereal::specialize<A, T, cereal::specialization::member_load_save_minimal> : std::true_type {};
template <class A, class T>
  requires crosspool::detail::told<T, A, crosspool::detail::outside_minimal>
struct cereal::specialize<A, T, cereal::specialization::non_member_load_save_minimal> : std::true_type {};

namespace CROSSPOOL_NAMESPACE::detail {

// ---- whose the functions are ----

// Whether a user has functions of his own for a type that cereal serializes itself, or does not.
template <class T> consteval bool find_functions_of_a_user() {
  constexpr auto form = functions_of<T>.one_form();
  if constexpr (form == 0 || std::is_same_v<T, std::monostate>)
    return false;
  else if constexpr (!type_name<T>().ends_with('>'))
    return true;
  else
    return is_for_it_alone<T>(form);
}
template <class T>
concept has_functions_of_a_user = in_std<T> && find_functions_of_a_user<T>();

// Whether cereal finds one function that saves a T and one that loads it.
template <class T> consteval bool find_by_cereal() {
  using namespace cereal::traits;
  if constexpr (!std::is_class_v<T> || (functions_of<T>.saves() > 1 || functions_of<T>.loads() > 1)) {
    if constexpr (!std::is_class_v<T> || specialized<T>)
      return is_output_serializable<T, output_archive>::value && is_input_serializable<T, input_archive>::value;
    else
      return false;
  } else
    return functions_of<T>.saves() == 1 && functions_of<T>.loads() == 1;
}
template <class T>
concept by_cereal = find_by_cereal<T>();

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
