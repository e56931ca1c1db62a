// The members of an aggregate, found with no code written for it: as objects and as types; and whether it owns
// something that its members do not. Relies on nothing but the language.
#ifndef CROSSPOOL_CHECK_AGGREGATE_HPP
#define CROSSPOOL_CHECK_AGGREGATE_HPP

#include <crosspool/check/shape.hpp>

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

namespace CROSSPOOL_NAMESPACE::fault {

struct some_type; // in an error: one that cannot be told

} // namespace CROSSPOOL_NAMESPACE::fault

namespace CROSSPOOL_NAMESPACE::detail {

/// Whether T is an aggregate that reflection cannot open as some of its members are references: these are known.
template <class T>
concept holds_references = shape_of<T>.references;

/// Whether T is an aggregate whose members members() can name: no bit-fields, no unions without a name, every member
/// initializable by empty braces, at most most_members of them; all of them its own or all of them its only base's,
/// other bases being empty aggregates.
template <class T>
concept openable = shape_of<T>.open;

template <class T>
  requires openable<std::remove_const_t<T>>
constexpr auto members(T& object) noexcept {
  if constexpr (std::is_empty_v<T>)
    return std::tuple<>{};
  else
    return arity<shape_of<std::remove_const_t<T>>.members>::open(object);
}

template <std::size_t> using unlooked_at = bool;
template <std::size_t... I> types<unlooked_at<I>..., fault::some_type&> types_to_reference(std::index_sequence<I...>);

template <class T> consteval auto list_members() {
  if constexpr (std::is_empty_v<T>)
    return types<>{};
  else if constexpr (constexpr auto is = shape_of<T>; is.bindable)
    return decltype(arity<is.members>::types_of(std::declval<std::remove_const_t<T>&>())){};
  else
    return decltype(detail::types_to_reference(std::make_index_sequence<is.members - 1>{})){};
}
/// types<…> of the members, as they are declared; up to the reference, if no more is known.
template <class T> using member_types = decltype(detail::list_members<T>());

// Stands for a const T& and a T&&. A class that can be moved takes both, so that neither can be chosen; but if it has a
// destructor or an assignment of its own, there is no implicit constructor that moves.
template <class T> struct either_reference {
  either_reference() = default;
  either_reference(const either_reference&) = delete;
  operator const T&() const;
  operator T&&() const;
};
template <class... M> consteval bool can_be_moved(types<M...>) {
  return (std::is_move_constructible_v<M> && ...);
}
template <class T> consteval bool find_owner();
struct that_owns {
  template <class U> static constexpr bool of = find_owner<U>();
};
// Whether an aggregate that can be opened, or a base of it, has a destructor or an assignment of its own, or where it
// cannot be told may have.
template <class T> consteval bool find_owner() {
  if constexpr (std::is_trivially_copyable_v<T>)
    return false;
  else if constexpr (shape_of<T>.bases != 0 &&
                     has_any<T, base_that<T, that_owns>>(std::make_index_sequence<shape_of<T>.bases>{}))
    return true;
  else if constexpr (std::is_move_constructible_v<T>)
    return std::is_constructible_v<T, either_reference<T>>;
  else // something in it cannot be moved, or it does not let it
    return !std::is_trivially_destructible_v<T> || can_be_moved(member_types<T>{});
}
template <class T>
concept owns_resource = find_owner<T>();

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
