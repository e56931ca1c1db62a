// What can be told of a class by its name and its members' names: whether it is of namespace std, a closure, like a
// map, a pointer to what. Nothing here asks cereal.
#ifndef CROSSPOOL_CHECK_CLASS_TRAITS_HPP
#define CROSSPOOL_CHECK_CLASS_TRAITS_HPP

#include <crosspool/check/standard_types.hpp>
#include <crosspool/check/type_name.hpp>

#include <cereal/cereal.hpp>
#include <cereal/types/memory.hpp>
#include <cereal/types/variant.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace CROSSPOOL_NAMESPACE::detail {

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

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
