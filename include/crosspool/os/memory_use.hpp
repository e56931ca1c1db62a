// How much memory a worker process has come to hold, and the limits on that.
// Relies on Linux (/proc/self/statm; RLIMIT_DATA, which counts private memory since 4.7).
#ifndef CROSSPOOL_OS_MEMORY_USE_HPP
#define CROSSPOOL_OS_MEMORY_USE_HPP

#include <crosspool/os/process.hpp>

#include <chrono>
#include <cstdint>
#include <sys/resource.h>

namespace CROSSPOOL_NAMESPACE::detail {

/// In bytes.
struct memory_use {
  std::uint64_t resident = 0; // that are this process's own
  std::uint64_t data = 0;     // that it may write to and shares with nobody, resident or not

  /// Zeros if the system does not say.
  static memory_use now();
};

/// This process may allocate so many more bytes; 0: as many as it likes. What is allocated beyond fails.
void limit_memory(std::uint64_t more);

/// How often the system has killed a process because memory ran out; 0 if it does not say.
std::uint64_t count_oom_kills();

/// Whether this process has grown since.
class memory_growth {
public:
  using clock = std::chrono::steady_clock;

  memory_growth() = default;
  /// most: bytes; 0: never too many.
  explicit memory_growth(std::uint64_t most) : most_(most), before_(most != 0 ? memory_use::now().resident : 0) {}

  [[nodiscard]] bool is_limited() const noexcept { return most_ != 0; }
  /// Looks once in a while: the system takes some microseconds to tell.
  [[nodiscard]] bool is_exceeded(clock::time_point now);

private:
  std::uint64_t most_ = 0;
  std::uint64_t before_ = 0;
  clock::time_point look_at_;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/os/memory_use.ipp>
#endif

#endif
