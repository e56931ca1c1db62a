// How many workers can run at once: processors of the affinity mask, limited by the CPU quota of the cgroup (versions 1
// and 2). Relies on Linux for both; elsewhere it is std::thread::hardware_concurrency.
#ifndef CROSSPOOL_CPU_HPP
#define CROSSPOOL_CPU_HPP

#include <crosspool/os/cpu_quota.hpp>

#include <thread>

namespace CROSSPOOL_NAMESPACE {

/// Processors that this process may use: those of its affinity mask, but no more than its cgroups' CPU quota rounded
/// up. At least 1. Asks anew at each call; thread-safe.
inline int available_cpus() {
#ifdef __linux__
  int cpus = detail::affinity_count();
  if (const auto quota = detail::cpu_quota(detail::read_file("/proc/self/cgroup").value_or(""), "/sys/fs/cgroup"))
    if (*quota < cpus)
      cpus = static_cast<int>(*quota) + (*quota > static_cast<int>(*quota) ? 1 : 0);
#else
  const int cpus = static_cast<int>(std::thread::hardware_concurrency());
#endif
  return cpus < 1 ? 1 : cpus;
}

} // namespace CROSSPOOL_NAMESPACE

#endif
