// Whether a type can be copied for certain: what std::is_copy_constructible says of a class is only what it declares.
#ifndef CROSSPOOL_VERBS_COPYABLE_HPP
#define CROSSPOOL_VERBS_COPYABLE_HPP

#include <crosspool/check/callable.hpp>

#include <array>
#include <cstddef>
#include <type_traits>

namespace CROSSPOOL_NAMESPACE::detail {

// Whether a T can be copied for certain. That a class has a copy constructor does not say it: where that is implicit
// and a member is a std::vector of move-only objects, its use is an error. So this looks into what can be looked into:
// standard types and their arguments, the members of aggregates, what bind() holds. Outer: types that are being asked
// about already, as a tree's nodes hold nodes.
template <class T, class... Outer> consteval bool surely_copyable();
template <class... Outer, template <class...> class C, class... A>
consteval bool are_parts_copyable(std::type_identity<C<A...>>) {
  return (surely_copyable<A, Outer...>() && ...);
}
template <class... Outer, class T, std::size_t N>
consteval bool are_parts_copyable(std::type_identity<std::array<T, N>>) {
  return surely_copyable<T, Outer...>();
}
template <class...> consteval bool are_parts_copyable(...) {
  return true; // of what is no template, or not one of types
}
template <class... Outer, class... M> consteval bool are_members_copyable(types<M...>) {
  return (surely_copyable<M, Outer...>() && ...);
}
template <class T> inline constexpr bool is_bound = false;
template <class F, class... State> inline constexpr bool is_bound<bound<F, State...>> = true;
template <class Qualified, class... Outer> consteval bool surely_copyable() {
  using T = std::remove_cv_t<Qualified>;
  if constexpr ((std::is_same_v<T, Outer> || ...) || std::is_reference_v<T>)
    return true;
  else if constexpr (!complete<T> || !std::is_copy_constructible_v<T>)
    return false;
  else if constexpr (constexpr auto name = std_name(type_name<T>());
                     std::is_trivially_copyable_v<T> || name.starts_with("shared_ptr<") ||
                     name.starts_with("weak_ptr<") || name.starts_with("function<"))
    return true;
  else if constexpr (!name.empty() || is_bound<T>)
    return detail::are_parts_copyable<T, Outer...>(std::type_identity<T>());
  else if constexpr (openable<T>)
    return detail::are_members_copyable<T, Outer...>(member_types<T>());
  else
    return false;
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
