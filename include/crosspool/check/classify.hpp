// What a type is made of, without looking into the parts: a value, something composed of parts, a class that has cereal
// functions of its own, or a reason why it cannot cross to another process.
// Relies on cereal's traits to know what has serialization functions.
#ifndef CROSSPOOL_CHECK_CLASSIFY_HPP
#define CROSSPOOL_CHECK_CLASSIFY_HPP

#include <crosspool/check/aggregate.hpp>
#include <crosspool/check/cereal_functions.hpp>
#include <crosspool/check/memory_archive.hpp>
#include <crosspool/check/standard_types.hpp>
#include <crosspool/check/type_name.hpp>

#include <concepts>
#include <cstddef>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace CROSSPOOL_NAMESPACE {

/// For who knows better: specialize this as true for a trivially copyable T, and its bytes are sent as they are,
/// whatever the check thinks of it. Right for a pointer to what a fork pool's workers have inherited unchanged, and for
/// little else.
template <class T> inline constexpr bool crosses_as_bytes = false;

namespace detail {

/// Base of pools and futures, to know them by.
struct pool_or_future {};

template <class T> inline constexpr bool in_std = !std_name(type_name<T>()).empty();

// Whether a type of this name, as compilers spell it, is a closure; it may also be a template's that is given one.
consteval bool is_name_of_closure(std::string_view name) {
  if (name.find("(lambda at ") != std::string_view::npos)
    return name.ends_with(')');
  if (!name.ends_with(")>"))
    return false;
  std::size_t open = 0;
  for (auto at = name.size(); at-- > 0;) {
    if (name[at] == '>')
      ++open;
    else if (name[at] == '<' && --open == 0)
      return name.substr(at).starts_with("<lambda(");
  }
  return false;
}
template <class T> inline constexpr bool is_closure = is_name_of_closure(type_name<T>());

// cereal's own wrappers: only cereal knows what to do with them.
template <class T> inline constexpr bool is_wrapper = false;
template <class T> inline constexpr bool is_wrapper<cereal::NameValuePair<T>> = true;
template <class T> inline constexpr bool is_wrapper<cereal::SizeTag<T>> = true;
template <class T> inline constexpr bool is_wrapper<cereal::BinaryData<T>> = true;
template <class T> inline constexpr bool is_wrapper<cereal::DeferredData<T>> = true;
template <class K, class V> inline constexpr bool is_wrapper<cereal::MapItem<K, V>> = true;
template <class B> inline constexpr bool is_wrapper<cereal::base_class<B>> = true;
template <class B> inline constexpr bool is_wrapper<cereal::virtual_base_class<B>> = true;
template <class P> inline constexpr bool is_wrapper<cereal::memory_detail::PtrWrapper<P>> = true;
template <class A, class T>
inline constexpr bool is_wrapper<cereal::memory_detail::LoadAndConstructLoadWrapper<A, T>> = true;
template <class A, class T>
inline constexpr bool is_wrapper<cereal::boost_variant_detail::LoadAndConstructLoadWrapper<A, T>> = true;

template <class T>
concept complete = requires { sizeof(T); };

// cereal must not be asked about these.
template <class T>
concept points_to_incomplete = in_std<T> && requires {
  typename T::element_type;
  requires !std::is_array_v<typename T::element_type>;
  requires !complete<typename T::element_type>;
};

template <class T>
concept points_to_void = in_std<T> && requires { requires std::is_void_v<typename T::element_type>; };

template <class T>
concept map_like = requires {
  typename T::key_type;
  typename T::mapped_type;
};

// What cereal does with all that looks like a map.
template <class T>
concept usable_as_map = requires(T& map, const T& source, typename T::key_type key, typename T::mapped_type value) {
  { source.size() } -> std::convertible_to<cereal::size_type>;
  source.begin()->first;
  source.begin()->second;
  source.begin() != source.end();
  map.clear();
  map.emplace_hint(map.begin(), std::move(key), std::move(value));
};

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

// A part of a type: how to get there, and what is there.
template <class Step, class T> struct part {};

template <class T> inline constexpr bool is_variant = false;
template <class... A> inline constexpr bool is_variant<std::variant<A...>> = true;

template <class T> inline constexpr bool is_weak_ptr = false;
template <class T> inline constexpr bool is_weak_ptr<std::weak_ptr<T>> = true;

template <class T> inline constexpr bool is_string = false;
template <class C, class Traits, class A> inline constexpr bool is_string<std::basic_string<C, Traits, A>> = true;

// What cereal makes anew in the worker: it is the same there only if it has no state.
template <class C>
concept holds_no_state = std::is_empty_v<C> && std::is_default_constructible_v<C>;
template <class A>
concept made_anew_as_allocator = holds_no_state<A> ||
                                 std_name(type_name<A>()).starts_with("pmr::polymorphic_allocator<");

// Whether a string's characters are all of it.
template <class T> inline constexpr bool is_plain_string = false;
template <class C, class Traits, made_anew_as_allocator A>
inline constexpr bool is_plain_string<std::basic_string<C, Traits, A>> = true;

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

} // namespace detail
} // namespace CROSSPOOL_NAMESPACE

#endif
