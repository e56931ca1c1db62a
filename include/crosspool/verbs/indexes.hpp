// Ranges whose elements several threads can read by their index, where they are.
#ifndef CROSSPOOL_VERBS_INDEXES_HPP
#define CROSSPOOL_VERBS_INDEXES_HPP

#include <crosspool/check/types.hpp>

#include <concepts>
#include <cstddef>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>

namespace CROSSPOOL_NAMESPACE::detail {

template <class> inline constexpr bool is_iota = false;
template <std::integral W, std::integral Bound> inline constexpr bool is_iota<std::ranges::iota_view<W, Bound>> = true;

/// Whether several threads can read the elements of Range by their index. Other ranges may compute elements, and throw:
/// that is for the caller's thread to do.
template <class Range>
concept indexable = std::ranges::sized_range<Range> &&
                    (std::ranges::contiguous_range<Range> || is_iota<std::remove_cvref_t<Range>>);

/// Gives the elements of an indexable range as T: a reference, or for numbers that are nowhere, their type.
template <class T, class Range> auto elements_of(Range& range) {
  if constexpr (is_iota<std::remove_cv_t<Range>>)
    return [first = *range.begin()](std::size_t i) noexcept {
      using bits = std::make_unsigned_t<T>; // in which nothing overflows
      return static_cast<T>(static_cast<bits>(first) + static_cast<bits>(i));
    };
  else
    return [first = std::ranges::data(range)](std::size_t i) noexcept -> T { return static_cast<T>(first[i]); };
}

/// The arguments of each call, as a tuple: of one element of each range, …
template <class... T, class... Ranges> auto arguments_of_map(types<T...>, Ranges&... ranges) {
  return [... element = detail::elements_of<T>(ranges)](std::size_t i) noexcept {
    return std::tuple<T...>(element(i)...);
  };
}
/// … or of the parts of the one range's element, itself a tuple that the caller has as Row.
template <class Row, class... T, class Range> auto arguments_of_starmap(types<T...>, Range& range) {
  return [row = detail::elements_of<Row>(range)](std::size_t i) {
    return std::apply([](auto&&... part) noexcept { return std::tuple<T...>(std::forward<decltype(part)>(part)...); },
                      row(i));
  };
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
