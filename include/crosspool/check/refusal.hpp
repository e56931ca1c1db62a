// From what the check has found to the error: the fault of a type as a type that says all about it.
#ifndef CROSSPOOL_CHECK_REFUSAL_HPP
#define CROSSPOOL_CHECK_REFUSAL_HPP

#include <crosspool/check/diagnose.hpp>
#include <crosspool/check/examine.hpp>
#include <crosspool/check/member_name.hpp>

#include <cstddef>
#include <tuple>
#include <type_traits>

namespace CROSSPOOL_NAMESPACE::detail {

// A step as it is printed: members by name, where that can be found.
template <class Parent, class Step> struct printed_step {
  using type = Step;
};
template <openable Parent, std::size_t I> struct printed_step<Parent, member_number<I>> {
  static constexpr auto name = member_name<Parent, I>();
  using type = member<text<name.size()>(name)>;
};

template <std::size_t I, class... T> std::tuple_element<I, std::tuple<T...>> number(types<T...>);
template <std::size_t I, class Types> using type_number = typename decltype(detail::number<I>(Types{}))::type;

// From a finding to types: Path so far, T where it stands, the finding of Root from step number Depth on.
template <class Root, std::size_t Depth, class Path, class T> struct trail {
  using leaf = std::conditional_t<examined<Root>.why == kind::constant, T, std::remove_const_t<T>>;
  using to = Path;
};
template <class Step, class T> std::type_identity<T> type_at(part<Step, T>);
template <class Step, class T> std::type_identity<Step> step_at(part<Step, T>);

template <class Root, std::size_t Depth, class... Steps, class T>
  requires(Depth < examined<Root>.depth && Depth < examined<Root>.steps.size())
struct trail<Root, Depth, path<Steps...>, T> {
  using holder = std::remove_const_t<T>;
  using part_here = type_number<examined<Root>.steps[Depth], parts<holder>>;
  using step = typename printed_step<holder, typename decltype(detail::step_at(part_here{}))::type>::type;
  using next = trail<Root, Depth + 1, path<Steps..., step>, typename decltype(detail::type_at(part_here{}))::type>;
  using leaf = typename next::leaf;
  using to = typename next::to;
};

// In the order of their kinds; missing_cereal_header, the last, has one argument more.
template <class T>
using reasons =
    types<raw_pointer<T>, function_pointer<T>, reference<T>, view<T>, iterator<T>, capturing_lambda<T>, type_erased<T>,
          os_handle<T>, synchronization<T>, a_pool<T>, no_serialize_function<T>, incomplete_type<T>,
          not_trivially_copyable<T>, saves_but_cannot_load<T>, loads_but_cannot_save<T>, not_default_constructible<T>,
          unregistered_polymorphic<T>, union_type<T>, aggregate_that_cannot_be_opened<T>,
          several_serialize_functions<T>, inherited_serialize_function<T>, serialize_function_for_others<T>,
          owns_something<T>, state_left_behind<T>, custom_deleter<T>, constant<T>>;
template <class T, kind why> consteval auto find_reason() {
  if constexpr (why == kind::missing_cereal_header) {
    constexpr auto header = cereal_header(std_name(type_name<T>()));
    return std::type_identity<missing_cereal_header<T, text<header.size()>(header)>>{};
  } else
    return std::type_identity<
        type_number<static_cast<std::size_t>(why) - static_cast<std::size_t>(kind::raw_pointer), reasons<T>>>{};
}
template <class T, kind why> using reason = typename decltype(find_reason<T, why>())::type;

/// The fault of T at Position, as a type that says all about it.
template <class Position, class T, class Trail = trail<T, 0, path<>, T>>
using fault_at = also<Position, T, typename Trail::to, reason<typename Trail::leaf, examined<T>.why>>;

template <class... Faults> struct all_faults;
template <class Position, class T, class Path, class Reason, class... More>
struct all_faults<also<Position, T, Path, Reason>, More...> {
  using type = cannot_cross_process_boundary<Position, T, Path, Reason, More...>;
};

/// All the faults of a call in one: naming it is harmless; completing it, as by sizeof, is the error.
template <class... Faults> std::type_identity<typename all_faults<Faults...>::type> as_one(types<Faults...>);

/// The one fault of T at Position.
template <class Position, class T> using refusal = typename all_faults<fault_at<Position, T>>::type;

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
