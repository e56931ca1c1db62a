// How much memory a worker process has come to hold, and the limits on that.
// Relies on Linux (/proc/self/statm; RLIMIT_DATA, which counts private memory since 4.7).
#ifndef CROSSPOOL_OS_MEMORY_USE_HPP
#define CROSSPOOL_OS_MEMORY_USE_HPP

#include <crosspool/os/process.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <sys/resource.h>

namespace crosspool::detail {

/// In bytes.
struct memory_use {
  std::uint64_t resident = 0; // that are this process's own
  std::uint64_t data = 0;     // that it may write to and shares with nobody, resident or not

  /// Zeros if the system does not say.
  static memory_use now() {
    const descriptor file(::open("/proc/self/statm", O_RDONLY | O_CLOEXEC));
    char text[256] = {};
    if (::read(file.get(), text, sizeof text - 1) <= 0)
      return {};
    unsigned long long size = 0, resident = 0, shared = 0, code = 0, library = 0, data = 0;
    if (std::sscanf(text, "%llu %llu %llu %llu %llu %llu", &size, &resident, &shared, &code, &library, &data) != 6)
      return {};
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    return {(resident - shared) * page, data * page};
  }
};

/// This process may allocate so many more bytes; 0: as many as it likes. What is allocated beyond fails.
inline void limit_memory(std::uint64_t more) {
  if (more == 0)
    return;
  const auto used = memory_use::now().data;
  const auto sum = used + more < more ? RLIM_INFINITY : used + more;
  ::rlimit limit{};
  ::getrlimit(RLIMIT_DATA, &limit);
  if (sum < limit.rlim_max)
    limit.rlim_max = sum;
  if (limit.rlim_max < limit.rlim_cur)
    limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_DATA, &limit);
}

/// How often the system has killed a process because memory ran out; 0 if it does not say.
inline std::uint64_t count_oom_kills() {
  const descriptor file(::open("/proc/vmstat", O_RDONLY | O_CLOEXEC));
  std::string text;
  char part[4096];
  for (ssize_t n = 0; (n = ::read(file.get(), part, sizeof part)) > 0;)
    text.append(part, static_cast<std::size_t>(n));
  constexpr std::string_view name = "\noom_kill ";
  const auto at = text.find(name);
  return at == std::string::npos ? 0 : std::strtoull(text.c_str() + at + name.size(), nullptr, 10);
}

/// Whether this process has grown since.
class memory_growth {
public:
  using clock = std::chrono::steady_clock;

  memory_growth() = default;
  /// most: bytes; 0: never too many.
  explicit memory_growth(std::uint64_t most) : most_(most), before_(most != 0 ? memory_use::now().resident : 0) {}

  [[nodiscard]] bool is_limited() const noexcept { return most_ != 0; }
  /// Looks once in a while: the system takes some microseconds to tell.
  [[nodiscard]] bool is_exceeded(clock::time_point now) {
    if (now < look_at_)
      return false;
    look_at_ = now + std::chrono::milliseconds(1);
    return memory_use::now().resident > before_ + most_;
  }

private:
  std::uint64_t most_ = 0;
  std::uint64_t before_ = 0;
  clock::time_point look_at_;
};

} // namespace crosspool::detail

#endif
