// The wording of compile-time errors, all of it. A refused call instantiates one class template whose arguments say
// which argument, which type, where inside it and why, and whose static_assert says it in prose.
#ifndef CROSSPOOL_DIAGNOSE_HPP
#define CROSSPOOL_DIAGNOSE_HPP

#include <crosspool/crossable.hpp>

#include <cstddef>
#include <tuple>
#include <utility>

namespace crosspool {

// The positions. N counts from 1.
template <std::size_t N> struct map_argument;
template <std::size_t N> struct apply_argument;
template <std::size_t N> struct initializer_argument;
struct function_state;
struct initializer_state;
struct result;
struct visited_by_serialize;

namespace detail {

template <class...> inline constexpr bool never = false;

// From a finding to types: Path so far, T where it stands, the finding of Root from step number Depth on.
template <class Root, std::size_t Depth, class Path, class T> struct trail {
  using leaf = T;
  using to = Path;
};
template <class Step, class T> std::type_identity<T> type_at(part<Step, T>);
template <class Step, class T> std::type_identity<Step> step_at(part<Step, T>);

template <class Root, std::size_t Depth, class... Steps, class T>
  requires(Depth < examined<Root>.depth && Depth < examined<Root>.steps.size())
struct trail<Root, Depth, path<Steps...>, T> {
  using part_here = std::tuple_element_t<examined<Root>.steps[Depth], parts<T>>;
  using next = trail<Root, Depth + 1, path<Steps..., typename decltype(step_at(part_here{}))::type>,
                     typename decltype(type_at(part_here{}))::type>;
  using leaf = typename next::leaf;
  using to = typename next::to;
};

template <class T, kind why> consteval auto find_reason() {
  if constexpr (why == kind::raw_pointer)
    return std::type_identity<raw_pointer<T>>{};
  else if constexpr (why == kind::function_pointer)
    return std::type_identity<function_pointer<T>>{};
  else if constexpr (why == kind::reference)
    return std::type_identity<reference<T>>{};
  else if constexpr (why == kind::view)
    return std::type_identity<view<T>>{};
  else if constexpr (why == kind::iterator)
    return std::type_identity<iterator<T>>{};
  else if constexpr (why == kind::capturing_lambda)
    return std::type_identity<capturing_lambda<T>>{};
  else if constexpr (why == kind::type_erased)
    return std::type_identity<type_erased<T>>{};
  else if constexpr (why == kind::os_handle)
    return std::type_identity<os_handle<T>>{};
  else if constexpr (why == kind::synchronization)
    return std::type_identity<synchronization<T>>{};
  else if constexpr (why == kind::a_pool)
    return std::type_identity<a_pool<T>>{};
  else if constexpr (why == kind::missing_cereal_header)
    return std::type_identity<missing_cereal_header<T>>{};
  else if constexpr (why == kind::saves_but_cannot_load)
    return std::type_identity<saves_but_cannot_load<T>>{};
  else if constexpr (why == kind::loads_but_cannot_save)
    return std::type_identity<loads_but_cannot_save<T>>{};
  else if constexpr (why == kind::not_default_constructible)
    return std::type_identity<not_default_constructible<T>>{};
  else if constexpr (why == kind::union_type)
    return std::type_identity<union_type<T>>{};
  else if constexpr (why == kind::aggregate_that_cannot_be_opened)
    return std::type_identity<aggregate_that_cannot_be_opened<T>>{};
  else if constexpr (why == kind::constant)
    return std::type_identity<constant<T>>{};
  else
    return std::type_identity<no_serialize_function<T>>{};
}
template <class T, kind why> using reason = typename decltype(find_reason<T, why>())::type;

} // namespace detail

/// What a refused call instantiates. Position: which argument. T: its type. Path: the way to the fault inside T.
/// Reason: why what stands there cannot cross.
template <class Position, class T, class Path, class Reason> struct cannot_cross_process_boundary {
  static_assert(
      detail::never<T>,
      "crosspool: this cannot be sent to a worker process. The arguments of cannot_cross_process_boundary say "
      "which argument of the call, its type, the path inside it, and the reason with the type it holds for");
};

/// What a call instantiates whose function cannot be called with the arguments that reach it in a worker.
template <class F, class... Args> struct cannot_be_called_in_a_worker {
  static_assert(detail::never<F>,
                "crosspool: the function cannot be called with these arguments. A worker process owns "
                "its copies and passes them as rvalues, so a parameter may be T, const T& or T&&, but "
                "not T&; a thread pool passes what the range's iterator refers to");
};

namespace detail {

/// What says that T cannot cross at Position. Naming it is harmless; completing it, as by sizeof, is the error.
template <class Position, class T, class Trail = trail<T, 0, path<>, T>>
using refusal =
    cannot_cross_process_boundary<Position, T, typename Trail::to, reason<typename Trail::leaf, examined<T>.why>>;

} // namespace detail
} // namespace crosspool

#endif
