// Huge pages for large blocks that are about to be filled. Fresh memory costs more than what is copied into it, page by
// page; with pages of 2 MiB it costs little. Only advice: where the system has none to give, nothing happens.
// Relies on Linux (MADV_HUGEPAGE).
#ifndef CROSSPOOL_OS_HUGE_PAGES_HPP
#define CROSSPOOL_OS_HUGE_PAGES_HPP

#include <crosspool/version.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace CROSSPOOL_NAMESPACE::detail {

/// Less has no whole huge page in it, or hardly.
inline constexpr std::size_t worth_huge_pages = std::size_t{1} << 22U;

/// Asks for huge pages in this memory, without those that it shares with others.
inline void prefer_huge_pages([[maybe_unused]] void* data, [[maybe_unused]] std::size_t size) noexcept {
#ifdef MADV_HUGEPAGE
  constexpr std::uintptr_t page = std::uintptr_t{1} << 21U;
  const auto at = reinterpret_cast<std::uintptr_t>(data);
  const auto from = (at + page - 1) / page * page, to = (at + size) / page * page;
  if (from < to)
    ::madvise(reinterpret_cast<void*>(from), to - from, MADV_HUGEPAGE);
#endif
}

/// Room for so many elements in a vector or string that is about to be filled.
template <class Container> void reserve_to_fill(Container& container, std::size_t count) {
  using element = typename Container::value_type;
  container.reserve(count);
  if constexpr (!std::is_same_v<element, bool>) // whose vector does not show its memory
    if (count >= worth_huge_pages / sizeof(element))
      detail::prefer_huge_pages(container.data(), count * sizeof(element));
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
