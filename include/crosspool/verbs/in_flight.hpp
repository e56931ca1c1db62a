// How much of a stream is under way: in items and in bytes.
#ifndef CROSSPOOL_VERBS_IN_FLIGHT_HPP
#define CROSSPOOL_VERBS_IN_FLIGHT_HPP

#include <crosspool/options.hpp>

#include <algorithm>
#include <cstddef>
#include <ranges>

namespace CROSSPOOL_NAMESPACE::detail {

// Bytes that a value takes, as far as can be seen: its own, and those of what it keeps in a row.
template <class T> std::size_t bytes_of(const T& value) {
  auto sum = sizeof(T);
  if constexpr (std::ranges::contiguous_range<const T> && std::ranges::sized_range<const T> && !std::ranges::view<T>) {
    using element = std::ranges::range_value_t<const T>;
    if constexpr (std::ranges::contiguous_range<const element>)
      for (const auto& each : value)
        sum += detail::bytes_of(each);
    else
      sum += static_cast<std::size_t>(std::ranges::size(value)) * sizeof(element);
  }
  return sum;
}

/// What a stream may have under way, and what it has: items that were pulled and have not been given.
class in_flight {
public:
  /// result_bytes: that one takes; 0: not known yet.
  in_flight(const call_options& o, std::size_t workers, std::size_t result_bytes)
      : most_items_(o.max_in_flight != 0 ? o.max_in_flight : std::max(default_items, o.chunksize)),
        most_bytes_(o.max_bytes_in_flight != 0 ? o.max_bytes_in_flight : default_bytes),
        items_at_a_time_(std::max({most_items_ / (4 * workers), o.chunksize, std::size_t{1}})),
        bytes_at_a_time_(std::max(most_bytes_ / (4 * workers), std::size_t{1})), result_bytes_(result_bytes) {}

  /// What one parcel may take of them, so that each worker can have some. Of items whose results may be of any size,
  /// one item as long as none is known.
  [[nodiscard]] std::size_t bytes_at_a_time() const noexcept { return bytes_at_a_time_; }
  [[nodiscard]] std::size_t items_at_a_time() const noexcept {
    return result_bytes_ == 0 ? 1 : std::clamp<std::size_t>(bytes_at_a_time_ / result_bytes_, 1, items_at_a_time_);
  }
  /// Whether there is room for one more parcel.
  [[nodiscard]] bool has_room() const noexcept {
    return items_ == 0 || (most_items_ - items_ >= items_at_a_time_ &&
                           bytes_ + items_ * result_bytes_ + bytes_at_a_time_ <= most_bytes_);
  }

  void add(std::size_t items, std::size_t their_bytes) noexcept {
    items_ += items;
    bytes_ += their_bytes;
  }
  void remove(std::size_t items, std::size_t their_bytes) noexcept {
    items_ -= items;
    bytes_ -= their_bytes;
  }
  /// So many bytes is what a result took of late.
  void learn(std::size_t result_bytes) noexcept {
    result_bytes_ = std::max({result_bytes, (result_bytes_ + result_bytes) / 2, std::size_t{1}});
  }

private:
  static constexpr std::size_t default_items = std::size_t{1} << 17U;
  static constexpr std::size_t default_bytes = std::size_t{1} << 26U;

  std::size_t most_items_, most_bytes_;
  std::size_t items_at_a_time_, bytes_at_a_time_;
  std::size_t items_ = 0;
  std::size_t bytes_ = 0;    // of their arguments
  std::size_t result_bytes_; // of one item, as far as is known
};

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
