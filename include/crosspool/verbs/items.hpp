// The ranges of a call: which of their elements may be moved from, and how those of several are read in step by a call
// that keeps the ranges for longer. Relies on nothing.
#ifndef CROSSPOOL_VERBS_ITEMS_HPP
#define CROSSPOOL_VERBS_ITEMS_HPP

#include <crosspool/version.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <ranges>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>

namespace CROSSPOOL_NAMESPACE::detail {

// An rvalue container that owns its elements: they may be moved from.
template <class Range>
concept owning_rvalue = !std::is_lvalue_reference_v<Range> && !std::ranges::view<std::remove_cvref_t<Range>> &&
                        !std::ranges::borrowed_range<Range>;

template <class Range, class Iterator> decltype(auto) dereference(Iterator& at) {
  if constexpr (owning_rvalue<Range> && std::is_lvalue_reference_v<decltype(*at)>)
    return std::move(*at);
  else
    return *at;
}

// As std::views::all does: an lvalue is referred to, unless it is a view that can be copied.
template <class Range>
using kept_range =
    std::conditional_t<std::is_lvalue_reference_v<Range> && !(std::ranges::view<std::remove_cvref_t<Range>> &&
                                                              std::copy_constructible<std::remove_cvref_t<Range>>),
                       Range, std::remove_cvref_t<Range>>;

// Whether what Range holds is what a parcel takes in runs.
template <class Parcel, class Range>
concept taken_in_runs = std::ranges::contiguous_range<Range> && std::ranges::sized_range<Range> &&
                        requires(Parcel& parcel, Range& range) {
                          parcel.add_run(std::ranges::data(range), std::size_t{1});
                        };

/// The items of a call: one element of each range, to the end of the shortest. Nothing is read before the first next(),
/// and no element before it is asked for. Throws what the ranges throw.
template <class... Ranges> class item_source : not_copied {
public:
  explicit item_source(Ranges&&... ranges) : ranges_(std::forward<Ranges>(ranges)...) {}

  /// Goes to the next item. False if there is none; then not to be called again.
  bool next() { return next(std::index_sequence_for<Ranges...>()); }
  /// The item: what each iterator gives, as rvalues if the range is an rvalue container.
  auto item() { return item(std::index_sequence_for<Ranges...>()); }

  /// Of one range whose elements lie in a row, instead: the next of them, at most so many. Empty if there is none.
  auto next_run(std::size_t most)
    requires(sizeof...(Ranges) == 1 && (std::ranges::contiguous_range<Ranges> && ...))
  {
    auto& range = std::get<0>(ranges_);
    const auto all = std::span(std::ranges::data(range), static_cast<std::size_t>(std::ranges::size(range)));
    const auto rest = all.subspan(taken_);
    const auto run = rest.first(most < rest.size() ? most : rest.size());
    taken_ += run.size();
    return run;
  }

private:
  template <std::size_t... I> bool next(std::index_sequence<I...>) {
    if (at_)
      (static_cast<void>(++std::get<I>(*at_)), ...);
    else {
      at_.emplace(std::ranges::begin(std::get<I>(ranges_))...);
      end_.emplace(std::ranges::end(std::get<I>(ranges_))...);
    }
    return (!(std::get<I>(*at_) == std::get<I>(*end_)) && ...);
  }
  template <std::size_t... I> auto item(std::index_sequence<I...>) {
    return std::tuple<decltype(detail::dereference<Ranges>(std::get<I>(*at_)))...>(
        detail::dereference<Ranges>(std::get<I>(*at_))...);
  }

  std::tuple<kept_range<Ranges>...> ranges_;
  std::optional<std::tuple<std::ranges::iterator_t<std::remove_reference_t<kept_range<Ranges>>>...>> at_;
  std::optional<std::tuple<std::ranges::sentinel_t<std::remove_reference_t<kept_range<Ranges>>>...>> end_;
  std::size_t taken_ = 0; // by next_run
};

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
