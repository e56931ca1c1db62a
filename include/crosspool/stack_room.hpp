// How much deeper this thread's calls may go: what is read from a message is as deeply nested as the message says, and
// must not overrun the stack.
// Relies on a stack that grows downwards and, for its size, on Linux (pthread_getattr_np); elsewhere, and on a stack
// that is no thread's own, little is taken for granted.
#ifndef CROSSPOOL_STACK_ROOM_HPP
#define CROSSPOOL_STACK_ROOM_HPP

#include <crosspool/version.hpp>

#include <cstddef>
#include <cstdint>

#ifdef __linux__
#include <pthread.h>
#endif

namespace crosspool::detail {

/// Used by one thread, at the depth where it was made or below.
class stack_room {
public:
  stack_room() noexcept : lowest_(here() - sure) {}

  /// Whether there is room for some more calls. Costs next to nothing.
  [[nodiscard]] bool suffices() noexcept { return here() >= lowest_ || look(); }

private:
  static constexpr std::uintptr_t sure = std::uintptr_t{1} << 15U;    // is there without a look
  static constexpr std::uintptr_t reserve = std::uintptr_t{1} << 18U; // for what is called between two questions

  static std::uintptr_t here() noexcept { return reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)); }

  // Finds out where the stack ends.
  [[gnu::noinline]] bool look() noexcept {
    if (looked_)
      return false;
    looked_ = true;
#ifdef __linux__
    ::pthread_attr_t attributes;
    if (::pthread_getattr_np(::pthread_self(), &attributes) != 0)
      return false;
    void* start = nullptr;
    std::size_t size = 0;
    const bool known = ::pthread_attr_getstack(&attributes, &start, &size) == 0;
    ::pthread_attr_destroy(&attributes);
    const auto from = reinterpret_cast<std::uintptr_t>(start);
    if (known && here() >= from && here() - from < size)
      lowest_ = from + (size / 4 < reserve ? size / 4 : reserve);
#endif
    return here() >= lowest_;
  }

  std::uintptr_t lowest_;
  bool looked_ = false;
};

} // namespace crosspool::detail

#endif
