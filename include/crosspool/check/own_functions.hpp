// What a class with cereal functions is, or what is wrong with them: they do not fit each other, are a base's and leave
// behind what the class adds, or are for other archives. Relies on cereal 1.3.
#ifndef CROSSPOOL_CHECK_OWN_FUNCTIONS_HPP
#define CROSSPOOL_CHECK_OWN_FUNCTIONS_HPP

#include <crosspool/check/access.hpp>
#include <crosspool/check/arity.hpp>
#include <crosspool/check/by_cereal.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

// The base that is a class of the standard library and has cereal functions, if T derives from one.
template <class T, class A> std::type_identity<std::vector<T, A>> find_standard_base(const std::vector<T, A>*);
template <class C, class Traits, class A>
std::type_identity<std::basic_string<C, Traits, A>> find_standard_base(const std::basic_string<C, Traits, A>*);
template <class K, class V, class C, class A>
std::type_identity<std::map<K, V, C, A>> find_standard_base(const std::map<K, V, C, A>*);
template <class T> std::type_identity<std::optional<T>> find_standard_base(const std::optional<T>*);
template <class A, class B> std::type_identity<std::pair<A, B>> find_standard_base(const std::pair<A, B>*);
template <class T> std::type_identity<std::shared_ptr<T>> find_standard_base(const std::shared_ptr<T>*);
template <class T, class D> std::type_identity<std::unique_ptr<T, D>> find_standard_base(const std::unique_ptr<T, D>*);
template <class... T> std::type_identity<std::tuple<T...>> find_standard_base(const std::tuple<T...>*);
std::type_identity<void> find_standard_base(const void*);
template <class T> using standard_base = typename decltype(detail::find_standard_base(
    static_cast<const T*>(nullptr)))::type;

// How many bytes of a T at its end are free for the members of a class derived from it.
template <class T, std::size_t N> struct followed : T {
  char at[N];
};
template <class T> consteval std::size_t free_at_end() {
  return []<std::size_t... I>(std::index_sequence<I...>) {
    return (std::size_t{sizeof(followed<T, I + 1>) == sizeof(T)} + ... + 0);
  }(std::make_index_sequence<alignof(T) - 1>{});
}
// Whether T, which derives from B, holds nothing that B does not.
template <class T, class B> consteval bool adds_nothing() {
  if constexpr (std::is_empty_v<T>)
    return true;
  else if constexpr (sizeof(T) != sizeof(B) || std::is_final_v<B>)
    return false;
  else if constexpr (std::is_final_v<T>)
    return free_at_end<B>() == 0;
  else
    return free_at_end<T>() == free_at_end<B>();
}
// The same for an aggregate, whatever its bases.
template <class T, std::size_t bases = 0> consteval bool has_only_bases() {
  if constexpr (arity<bases>::template accepts<T, any_base_of<T>>)
    return has_only_bases<T, bases + 1>();
  else
    return count_members<T>() == bases && ends_behind<T, bases>();
}

// A base that is a template for the class derived from it knows that class.
template <class B, class T> inline constexpr bool knows_derived = false;
template <template <class...> class B, class... X, class T>
inline constexpr bool knows_derived<B<X...>, T> = (std::is_same_v<X, T> || ...);

template <class T, class Owner> consteval bool leaves_part_behind_of() {
  if constexpr (std::is_void_v<Owner>) // private, or overloaded
    return std::is_aggregate_v<T> && has_base<T>;
  else
    return !std::is_same_v<T, Owner> && !knows_derived<Owner, T> && !adds_nothing<T, Owner>();
}
// Whether T's only functions are those of a base, and T holds more than that.
template <class T> consteval bool leaves_part_behind() {
  constexpr auto found = functions_of<T>;
  if constexpr (specialized<T>)
    return false;
  else if constexpr (found.saving_base != 0 || found.loading_base != 0) {
    if constexpr (!std::is_void_v<standard_base<T>>)
      return !adds_nothing<T, standard_base<T>>();
    else if constexpr (std::is_aggregate_v<T>)
      return !std::is_empty_v<T> && !has_only_bases<T>();
    else
      return !std::is_empty_v<T>;
  } else if constexpr (found.saves_by(member_serialize))
    return leaves_part_behind_of<T, owner_t<friend_access::serialize, output_archive, T>>();
  else if constexpr (found.saves_by(member_save))
    return leaves_part_behind_of<T, owner_t<friend_access::save, output_archive, T>>() ||
           leaves_part_behind_of<T, owner_t<friend_access::load, input_archive, T>>();
  else if constexpr (found.saves_by(member_minimal))
    return leaves_part_behind_of<T, owner_t<friend_access::save_minimal, output_archive, T>>();
  else
    return false;
}

// Stands for any archive of cereal's: what takes it, but none of ours, is for others.
struct other_archive {
  template <class A>
    requires(complete<A> && std::is_base_of_v<cereal::detail::OutputArchiveBase, A>)
  operator A&() const;
};
template <class T>
concept serializes_to_others = requires(other_archive& archive, T& object) {
  cereal::access::member_serialize(archive, object);
} || requires(other_archive& archive, T& object) { cereal::access::member_save_non_const(archive, object); };

// A save_minimal and a load_minimal that do not fit each other: cereal answers them with an assertion of its own, so it
// must not be asked. What is wrong with them, or kind::value.
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

// What a class with these functions is, or what is wrong with them.
template <class T> consteval kind classify_by_functions() {
  if constexpr (functions_of<T>.not_const)
    return kind::loads_but_cannot_save;
  else if constexpr (functions_of<T>.minimal()) {
    if constexpr (find_minimal_fault<T>() != kind::value)
      return find_minimal_fault<T>();
  }
  if constexpr (!by_cereal<T> && (functions_of<T>.saves() > 1 || functions_of<T>.loads() > 1))
    return kind::several_serialize_functions;
  else if constexpr (functions_of<T>.loads() == 0)
    return kind::saves_but_cannot_load;
  else if constexpr (functions_of<T>.saves() == 0)
    return kind::loads_but_cannot_save;
  else if constexpr (leaves_part_behind<T>())
    return kind::inherited_serialize_function;
  else if constexpr (!std::is_default_constructible_v<T>)
    return kind::not_default_constructible;
  else if constexpr (functions_of<T>.saving_base != 0 && !std::is_void_v<standard_base<T>>)
    return kind::composed; // as its base is
  else if constexpr (map_like<T> && functions_of<T>.one_form() == outside_save && saved_as_any_map<T>)
    return kind::composed; // cereal does with it as with std::map
  else
    return kind::trusted;
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
