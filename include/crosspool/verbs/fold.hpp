// What map_reduce sends instead of items: chunks of the range, and a function that maps a chunk's elements and combines
// the results, so that one value comes back for each chunk. Chunks own their elements, or where the workers are threads
// and the caller waits, refer to them.
#ifndef CROSSPOOL_VERBS_FOLD_HPP
#define CROSSPOOL_VERBS_FOLD_HPP

#include <crosspool/calls/parcel_sizes.hpp>
#include <crosspool/check/callable.hpp>
#include <crosspool/check/memory_archive.hpp>
#include <crosspool/rng.hpp>
#include <crosspool/verbs/indexes.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <ranges>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

// ---- chunks ----

/// Numbers one after the other, which need not be written down.
template <std::integral V> struct number_run {
  V first{};
  std::uint64_t count = 0;

  [[nodiscard]] std::size_t size() const noexcept { return count; }
  [[nodiscard]] V operator[](std::size_t i) const noexcept {
    using bits = std::make_unsigned_t<V>; // in which nothing overflows
    return static_cast<V>(static_cast<bits>(first) + static_cast<bits>(i));
  }
};

// How a range is cut. type: a chunk. read_as: how a worker gets it. most: items in one, if nobody says how many.
// element_at: an element as f gets it. cut: calls add(chunk) for each chunk, as long as that returns true;
// take(iterator) gives an element as it is to be kept.

template <class V> struct cut_into_numbers {
  using type = number_run<V>;
  using read_as = type;
  static constexpr std::size_t most = ~std::size_t{0};
  static V element_at(const type& chunk, std::size_t i) noexcept { return chunk[i]; }

  template <class Range, class Sizes, class Take, class Add>
  static void cut(Range& range, Sizes& sizes, const Take& /*take*/, const Add& add) {
    const auto total = static_cast<std::size_t>(std::ranges::size(range));
    for (std::size_t at = 0, n = 0; at != total; at += n) {
      n = std::min(sizes.next(), total - at);
      const type all{*std::ranges::begin(range), total};
      if (!add(type{all[at], n}))
        return;
    }
  }
};

/// Elements where they are, in a row. E: reference.
template <class E> struct cut_into_runs {
  using type = std::span<std::remove_reference_t<E>>;
  using read_as = type;
  static constexpr std::size_t most = ~std::size_t{0};
  static E element_at(type chunk, std::size_t i) noexcept { return static_cast<E>(chunk[i]); }

  template <class Range, class Sizes, class Take, class Add>
  static void cut(Range& range, Sizes& sizes, const Take& /*take*/, const Add& add) {
    const type all(std::ranges::data(range), static_cast<std::size_t>(std::ranges::size(range)));
    for (std::size_t at = 0, n = 0; at != all.size(); at += n) {
      n = std::min(sizes.next(), all.size() - at);
      if (!add(all.subspan(at, n)))
        return;
    }
  }
};

// Reads the range, which may compute its elements and throw.
template <class Chunk, class Range, class Sizes, class Keep, class Add>
void collect_chunks(Range& range, Sizes& sizes, const Keep& keep, const Add& add) {
  auto at = std::ranges::begin(range);
  const auto end = std::ranges::end(range);
  while (at != end) {
    Chunk chunk;
    const auto n = sizes.next();
    if constexpr (std::ranges::sized_range<Range>)
      chunk.reserve(std::min(n, static_cast<std::size_t>(std::ranges::size(range))));
    for (; chunk.size() != n && at != end; ++at)
      keep(chunk, at);
    if (!add(std::move(chunk)))
      return;
  }
}

/// Elements where they are, by their addresses. E: reference.
template <class E> struct cut_into_addresses {
  using type = std::vector<std::remove_reference_t<E>*>;
  using read_as = type;
  static constexpr std::size_t most = ~std::size_t{0};
  static E element_at(const type& chunk, std::size_t i) noexcept { return static_cast<E>(*chunk[i]); }

  template <class Range, class Sizes, class Take, class Add>
  static void cut(Range& range, Sizes& sizes, const Take& /*take*/, const Add& add) {
    detail::collect_chunks<type>(
        range, sizes,
        [](type& chunk, auto& at) {
          auto&& element = *at;
          chunk.push_back(std::addressof(element));
        },
        add);
  }
};

/// Values of their own. Plain ones a worker process reads in the message.
template <class V> struct cut_into_values {
  static constexpr bool is_plain = std::is_trivially_copyable_v<V> && std::copy_constructible<V> &&
                                   !std::is_same_v<V, bool>;
  using type = std::vector<V>;
  using read_as = std::conditional_t<is_plain, std::span<const V>, type>;
  static constexpr std::size_t most = std::max<std::size_t>(1, (std::size_t{1} << 20U) / sizeof(V)); // memory counts
  static auto element_at(read_as& chunk, std::size_t i)
      -> std::conditional_t<is_plain || std::is_same_v<V, bool>, V, V&&> {
    if constexpr (is_plain || std::is_same_v<V, bool>)
      return chunk[i];
    else
      return std::move(chunk[i]);
  }

  template <class Range, class Sizes, class Take, class Add>
  static void cut(Range& range, Sizes& sizes, const Take& take, const Add& add) {
    detail::collect_chunks<type>(range, sizes, [&](type& chunk, auto& at) { chunk.push_back(take(at)); }, add);
  }
};

// E: an element as the call's policy takes it, a reference where it may stay where it is.
template <class Range, class E> consteval auto find_cut() {
  if constexpr (is_iota<std::remove_cvref_t<Range>>)
    return std::type_identity<cut_into_numbers<std::ranges::range_value_t<Range>>>{};
  else if constexpr (!std::is_reference_v<E>)
    return std::type_identity<cut_into_values<E>>{};
  else if constexpr (std::ranges::contiguous_range<Range> && std::ranges::sized_range<Range>)
    return std::type_identity<cut_into_runs<E>>{};
  else
    return std::type_identity<cut_into_addresses<E>>{};
}
template <class Range, class E> using cut_for = typename decltype(find_cut<Range, E>())::type;

/// How many items make a chunk: some for each worker, so that they end at about the same time. Of a range of unknown
/// length, the chunks grow as it turns out to be long.
class chunk_sizes {
public:
  /// chunksize: of the call; 0: none was asked for. total: items of the call, or unknown_length. most: in a chunk, if
  /// none was asked for.
  chunk_sizes(std::size_t chunksize, std::size_t total, std::size_t workers, std::size_t most)
      : workers_(workers), most_(std::min(most, most_of_unknown)), fixed_(chunksize != 0 || total != unknown_length) {
    if (chunksize != 0)
      next_ = chunksize;
    else if (fixed_)
      next_ = std::clamp<std::size_t>(total / (per_worker * workers), 1, most);
  }

  std::size_t next() noexcept {
    const auto now = next_;
    if (!fixed_ && ++given_ % workers_ == 0)
      next_ = std::min(2 * next_, most_);
    return now;
  }

private:
  static constexpr std::size_t per_worker = 16;
  static constexpr std::size_t most_of_unknown = 1024;

  std::size_t workers_;
  std::size_t most_;
  bool fixed_;
  std::size_t next_ = 1;
  std::size_t given_ = 0;
};

// ---- the function ----

/// Calls f with each element of a chunk and combines the results, as T, from the first to the last: each is an item at
/// hand of its own. F and Reduce are references where the caller's own are called.
template <class Cut, class T, class F, class Reduce> class fold {
public:
  template <class G, class H> fold(G&& f, H&& reduce) : f_(std::forward<G>(f)), reduce_(std::forward<H>(reduce)) {}

  /// chunk: not empty. first: where it begins in the range.
  T operator()(typename Cut::read_as chunk, std::uint64_t first) {
    const item_scope here(at_hand.call_seed());
    at_hand.set(first);
    auto folded = static_cast<T>(std::invoke(f_, Cut::element_at(chunk, 0)));
    for (std::size_t i = 1; i != chunk.size(); ++i) {
      at_hand.set(first + i);
      folded = static_cast<T>(
          std::invoke(reduce_, std::move(folded), static_cast<T>(std::invoke(f_, Cut::element_at(chunk, i)))));
    }
    return folded;
  }

  [[nodiscard]] const std::remove_reference_t<F>& function() const noexcept { return f_; }
  [[nodiscard]] std::remove_reference_t<Reduce>& reduction() noexcept { return reduce_; }
  [[nodiscard]] const std::remove_reference_t<Reduce>& reduction() const noexcept { return reduce_; }

private:
  F f_;
  Reduce reduce_;
};

template <class Cut, class T, class F, class Reduce>
struct find_function_crosses<fold<Cut, T, F, Reduce>>
    : std::bool_constant<find_function_crosses<F>::value && find_function_crosses<Reduce>::value> {};

template <class Cut, class T, class F, class Reduce> struct function_codec<fold<Cut, T, F, Reduce>> {
  static void save(message_buffer& to, const fold<Cut, T, F, Reduce>& f) {
    function_codec<F>::save(to, f.function());
    function_codec<Reduce>::save(to, f.reduction());
  }
  static fold<Cut, T, F, Reduce> load(byte_view& from) {
    auto f = function_codec<F>::load(from);
    return {std::move(f), function_codec<Reduce>::load(from)};
  }
};

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
