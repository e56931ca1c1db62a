// What of wire/queue.hpp depends on no type of the user's.
#ifndef CROSSPOOL_WIRE_QUEUE_IPP
#define CROSSPOOL_WIRE_QUEUE_IPP

#include <crosspool/wire/queue.hpp>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE auto unclaimed_items::claim(std::uint32_t at_most) noexcept -> item_range {
  return take([&](item_range all) {
    const auto middle = all.begin + (at_most < all.size() ? at_most : all.size());
    return parts{{all.begin, middle}, {middle, all.end}};
  });
}

CROSSPOOL_INLINE auto unclaimed_items::take_back(std::uint32_t left) noexcept -> item_range {
  return take([&](item_range all) {
    const auto middle = all.begin + (left < all.size() ? left : all.size());
    return parts{{middle, all.end}, {all.begin, middle}};
  });
}

CROSSPOOL_INLINE std::chrono::steady_clock::time_point time_said(const std::atomic<std::int64_t>& by_another) noexcept {
  using clock = std::chrono::steady_clock;
  return clock::time_point(clock::duration(by_another.load(std::memory_order_relaxed)));
}

CROSSPOOL_INLINE std::chrono::nanoseconds time_said(const std::atomic<float>& by_another) noexcept {
  const float said = by_another.load(std::memory_order_relaxed);
  constexpr float most = 1e18F; // 30 years, and far from what cannot be added to a time
  return std::chrono::nanoseconds(said > 0 ? static_cast<std::int64_t>(said < most ? said : most) : 0);
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
