// What of os/memory_use.hpp depends on no type of the user's.
#ifndef CROSSPOOL_OS_MEMORY_USE_IPP
#define CROSSPOOL_OS_MEMORY_USE_IPP

#include <crosspool/os/memory_use.hpp>

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE auto memory_use::now() -> memory_use {
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

CROSSPOOL_INLINE void limit_memory(std::uint64_t more) {
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

CROSSPOOL_INLINE std::uint64_t count_oom_kills() {
  const descriptor file(::open("/proc/vmstat", O_RDONLY | O_CLOEXEC));
  std::string text;
  char part[4096];
  for (ssize_t n = 0; (n = ::read(file.get(), part, sizeof part)) > 0;)
    text.append(part, static_cast<std::size_t>(n));
  constexpr std::string_view name = "\noom_kill ";
  const auto at = text.find(name);
  return at == std::string::npos ? 0 : std::strtoull(text.c_str() + at + name.size(), nullptr, 10);
}

CROSSPOOL_INLINE bool memory_growth::is_exceeded(clock::time_point now) {
  if (now < look_at_)
    return false;
  look_at_ = now + std::chrono::milliseconds(1);
  return memory_use::now().resident > before_ + most_;
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
