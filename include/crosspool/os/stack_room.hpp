// How much deeper this thread's calls may go: values are as deeply nested as the program or a message says, and must
// not overrun the stack. Relies on a stack that grows downwards and, for its size, on Linux (pthread_getattr_np);
// elsewhere, and on a stack that is no thread's own, little is taken for granted.
#ifndef CROSSPOOL_OS_STACK_ROOM_HPP
#define CROSSPOOL_OS_STACK_ROOM_HPP

#include <crosspool/version.hpp>

#include <cstddef>
#include <cstdint>

#ifdef __linux__
#include <pthread.h>
#endif

namespace CROSSPOOL_NAMESPACE::detail {

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

  [[gnu::noinline]] bool look() noexcept {
    if (looked_)
      return false;
    looked_ = true;
    const auto [from, size] = of_this_thread();
    if (here() >= from && here() - from < size)
      lowest_ = from + (size / 4 < reserve ? size / 4 : reserve);
    return here() >= lowest_;
  }

  struct extent {
    std::uintptr_t from = 0;
    std::size_t size = 0; // 0: not known
  };
  // Asked for once, as for the first thread the answer is a file that has to be read.
  static extent of_this_thread() noexcept {
    thread_local const extent found = find();
    return found;
  }
  static extent find() noexcept {
    extent found;
#ifdef __linux__
    ::pthread_attr_t attributes;
    if (::pthread_getattr_np(::pthread_self(), &attributes) != 0)
      return found;
    void* start = nullptr;
    if (std::size_t size = 0; ::pthread_attr_getstack(&attributes, &start, &size) == 0)
      found = {reinterpret_cast<std::uintptr_t>(start), size};
    ::pthread_attr_destroy(&attributes);
#endif
    return found;
  }

  std::uintptr_t lowest_;
  bool looked_ = false;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
