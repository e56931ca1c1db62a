// What a verb is given, and as what its items are kept on their way.
#ifndef CROSSPOOL_VERBS_ELEMENTS_HPP
#define CROSSPOOL_VERBS_ELEMENTS_HPP

#include <crosspool/check/callable.hpp>
#include <crosspool/policy.hpp>
#include <crosspool/verbs/call_check.hpp>
#include <crosspool/verbs/copyable.hpp>
#include <crosspool/verbs/indexes.hpp>
#include <crosspool/verbs/items.hpp>
#include <crosspool/verbs/misfit.hpp>

#include <concepts>
#include <cstddef>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>

namespace CROSSPOOL_NAMESPACE::detail {

// ---- how an item is kept on its way ----

// Whether what the range's iterator refers to stays where it is until the call is over.
template <class Range>
concept steady = std::ranges::forward_range<Range> && std::is_reference_v<std::ranges::range_reference_t<Range>>;

// The type of one element of Range in a call under P: its value where it is serialized or must be kept, else a
// reference to it. Waits: the caller waits for the call.
template <class P, std::ranges::input_range Range, bool Waits> consteval auto find_element() {
  using reference = std::ranges::range_reference_t<Range>;
  if constexpr (P::arguments != crossing::shared)
    return find_sent<std::ranges::range_value_t<Range>>{};
  else if constexpr (!Waits || !steady<Range>)
    return std::type_identity<std::ranges::range_value_t<Range>>{};
  else if constexpr (owning_rvalue<Range>)
    return std::type_identity<std::remove_reference_t<reference>&&>{};
  else
    return std::type_identity<reference>{};
}
template <class P, class Range, bool Waits>
using element = typename decltype(find_element<P, Range, Waits>())::type;

// Whether an object can be kept as a value that is given as From, an lvalue reference or not. Unlike can_keep, never an
// error.
template <class From>
concept surely_kept = std::constructible_from<std::decay_t<From>, From> &&
                      ((!std::is_lvalue_reference_v<From> && !std::is_const_v<std::remove_reference_t<From>>) ||
                       surely_copyable<std::decay_t<From>>());

// Whether elements of Range can be kept as values.
template <class Range>
concept can_keep =
    std::constructible_from<std::ranges::range_value_t<Range>,
                            decltype(detail::dereference<Range>(std::declval<std::ranges::iterator_t<Range>&>()))>;

template <class Range>
using given_element = decltype(detail::dereference<Range>(std::declval<std::ranges::iterator_t<Range>&>()));

// Whether the parts of a starmap's tuple can.
template <class Row, std::size_t... I> consteval bool are_parts_kept(std::index_sequence<I...>) {
  return (surely_kept<decltype(std::get<I>(std::declval<Row>()))> && ...);
}

// Whether a function can be kept until it is called.
template <class F>
concept can_keep_function = std::constructible_from<std::decay_t<F>, F>;

// An argument of apply, likewise.
template <class P, class Arg, bool Waits>
using kept_argument = std::conditional_t<P::arguments != crossing::shared, sent_t<Arg>,
                                         std::conditional_t<Waits, Arg&&, std::decay_t<Arg>>>;

template <class P, bool Waits, class Row, class Indices> struct row_elements;
template <class P, bool Waits, class Row, std::size_t... I>
struct row_elements<P, Waits, Row, std::index_sequence<I...>> {
  template <std::size_t N> using at = decltype(std::get<N>(std::declval<Row>()));
  template <class T>
  using kept = std::conditional_t<P::arguments == crossing::shared && Waits && std::is_reference_v<Row>, T&&,
                                  std::remove_cvref_t<T>>;
  template <template <class...> class To> using apply = To<kept<at<I>>...>;
};

template <class Range>
concept range_of_tuples = std::ranges::input_range<Range> && tuple_like<std::ranges::range_value_t<Range>>;
// The types of a starmap's arguments: the elements of one of Range's tuples.
template <class P, range_of_tuples Range, bool Waits>
using row = typename row_elements<
    P, Waits, element<P, Range, Waits>,
    std::make_index_sequence<std::tuple_size_v<std::ranges::range_value_t<Range>>>>::template apply<types>;

// Whether the workers of Engine read the elements of these ranges themselves while the caller waits.
template <class Engine, class... Ranges>
concept reads_in_place = Engine::reads_in_place && (indexable<Ranges> && ...);

// ---- what a verb is given ----

template <class... Ranges>
concept some_ranges = sizeof...(Ranges) > 0 && (std::ranges::input_range<Ranges> && ...);
template <class T> using braced = std::ranges::subrange<const T*>;

// A function that cannot be called: why not. A verb that is given one is deleted, which a requires-expression sees. Of
// its own, the compiler prints the template arguments of what is deleted, and the line where that is.
template <class Why>
concept has_reason = !std::is_void_v<Why>;
template <class P, class F, class... T> struct uncallable {};
template <class P, class F, class... T>
  requires(!called_in_worker<P, F, T...>)
struct uncallable<P, F, T...> {
  using type = why_not_called<P, F, T...>;
};
template <class P, bool Waits, class F, class... Ranges> struct uncallable_over {};
template <class P, bool Waits, class F, class... Ranges>
  requires some_ranges<Ranges...>
struct uncallable_over<P, Waits, F, Ranges...> : uncallable<P, F, element<P, Ranges, Waits>...> {};
template <class P, class F, class Row> struct uncallable_with_row;
template <class P, class F, class... T> struct uncallable_with_row<P, F, types<T...>> : uncallable<P, F, T...> {};
template <class P, class F, class Range> struct uncallable_over_rows {};
template <class P, class F, range_of_tuples Range>
struct uncallable_over_rows<P, F, Range> : uncallable_with_row<P, F, row<P, Range, true>> {};

// What an overloaded function becomes: that of its overloads which takes values of types T, as they are or as const
// references, and returns one of the first of them, as the functions of <cmath> do. Others are to be cast.
template <class First, class... T> class overload_that_returns_what_it_takes {};
template <class First, class... T>
  requires(complete<First> && ... && complete<T>) && (!std::is_abstract_v<First> && ... && !std::is_abstract_v<T>) &&
          (!std::is_array_v<First> && ... && !std::is_array_v<T>)
class overload_that_returns_what_it_takes<First, T...> {
public:
  overload_that_returns_what_it_takes(First (*f)(First, T...)) : by_value_(f) {}
  overload_that_returns_what_it_takes(First (*f)(const First&, const T&...)) : by_reference_(f) {}
  template <class cast_it_to_a_function_that_returns>
    requires(!std::is_same_v<cast_it_to_a_function_that_returns, First>)
  overload_that_returns_what_it_takes(cast_it_to_a_function_that_returns (*)(First, T...)) = delete;
  template <class cast_it_to_a_function_that_returns>
    requires(!std::is_same_v<cast_it_to_a_function_that_returns, First>)
  overload_that_returns_what_it_takes(cast_it_to_a_function_that_returns (*)(const First&, const T&...)) = delete;

  /// use(f)
  template <class Use> auto given_to(Use use) const { return by_value_ ? use(by_value_) : use(by_reference_); }

private:
  First (*by_value_)(First, T...) = nullptr;
  First (*by_reference_)(const First&, const T&...) = nullptr;
};
template <class... Ranges> using overload_over =
    overload_that_returns_what_it_takes<std::ranges::range_value_t<Ranges>...>;

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
