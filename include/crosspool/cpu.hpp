// How many workers can run at once: processors of the affinity mask, limited by the CPU quota of the cgroup (versions 1
// and 2). Relies on Linux for both; elsewhere it is std::thread::hardware_concurrency.
#ifndef CROSSPOOL_CPU_HPP
#define CROSSPOOL_CPU_HPP

#include <crosspool/version.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#ifdef __linux__
#include <sched.h>
#include <unistd.h>
#endif

namespace crosspool {
namespace detail {

#ifdef __linux__

inline std::optional<std::string> read_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(path.c_str(), "re"), std::fclose};
  if (!file)
    return std::nullopt;
  std::string text;
  char part[4096];
  while (const auto n = std::fread(part, 1, sizeof part, file.get()))
    text.append(part, n);
  return text;
}

// quota / period, in processors; none if the group sets no limit.
inline std::optional<double> quota_of_group(const std::string& folder, bool version_2) {
  double quota = 0, period = 0;
  if (version_2) { // "max 100000" or "150000 100000"
    const auto text = read_file(folder + "/cpu.max");
    if (!text || std::sscanf(text->c_str(), "%lf %lf", &quota, &period) != 2)
      return std::nullopt;
  } else { // -1 for no limit
    const auto quota_text = read_file(folder + "/cpu.cfs_quota_us");
    const auto period_text = read_file(folder + "/cpu.cfs_period_us");
    if (!quota_text || !period_text)
      return std::nullopt;
    quota = std::atof(quota_text->c_str());
    period = std::atof(period_text->c_str());
  }
  if (quota <= 0 || period <= 0)
    return std::nullopt;
  return quota / period;
}

// The smallest quota of a group and the groups around it. mount: where the hierarchy is mounted; group: "/a/b".
inline std::optional<double> quota_of_hierarchy(const std::string& mount, std::string group, bool version_2) {
  std::optional<double> smallest;
  for (;;) {
    if (const auto quota = quota_of_group(mount + group, version_2))
      smallest = std::min(*quota, smallest.value_or(*quota));
    const auto slash = group.rfind('/');
    if (slash == std::string::npos)
      return smallest;
    group.resize(slash);
  }
}

// proc_cgroup: the text of /proc/self/cgroup, lines like "0::/group" or "4:cpu,cpuacct:/group"; root: /sys/fs/cgroup.
inline std::optional<double> cpu_quota(std::string_view proc_cgroup, const std::string& root) {
  std::optional<double> smallest;
  const auto limit = [&](std::optional<double> quota) {
    if (quota)
      smallest = std::min(*quota, smallest.value_or(*quota));
  };
  while (!proc_cgroup.empty()) {
    const auto line = proc_cgroup.substr(0, proc_cgroup.find('\n'));
    proc_cgroup.remove_prefix(std::min(line.size() + 1, proc_cgroup.size()));
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos)
      continue;
    const auto controllers = "," + std::string(line.substr(first + 1, second - first - 1)) + ",";
    const std::string group(line.substr(second + 1));
    if (controllers == ",,")
      limit(quota_of_hierarchy(root, group, true));
    else if (controllers.find(",cpu,") != std::string::npos) // inside a container, the group's own path is not visible
      for (const auto* const mount : {"/cpu", "/cpu,cpuacct", "/cpuacct,cpu"})
        limit(quota_of_hierarchy(root + mount, group, false));
  }
  return smallest;
}

inline int affinity_count() {
  // The kernel's mask may be larger than cpu_set_t: grow until it fits.
  for (std::size_t cpus = 1024; cpus <= 1U << 20U; cpus *= 2) {
    const std::unique_ptr<::cpu_set_t, void (*)(::cpu_set_t*)> set{CPU_ALLOC(cpus),
                                                                   [](::cpu_set_t* s) { CPU_FREE(s); }};
    const auto size = CPU_ALLOC_SIZE(cpus);
    if (set && ::sched_getaffinity(0, size, set.get()) == 0)
      return CPU_COUNT_S(size, set.get());
  }
  return static_cast<int>(std::thread::hardware_concurrency());
}

#endif

} // namespace detail

/// Processors that this process may use: those of its affinity mask, but no more than its cgroups' CPU quota rounded
/// up. At least 1. Asks anew at each call; thread-safe.
inline int available_cpus() {
#ifdef __linux__
  int cpus = detail::affinity_count();
  if (const auto quota = detail::cpu_quota(detail::read_file("/proc/self/cgroup").value_or(""), "/sys/fs/cgroup"))
    cpus = std::min(cpus, static_cast<int>(std::min(std::ceil(*quota), 1e6)));
  return std::max(cpus, 1);
#else
  return std::max(static_cast<int>(std::thread::hardware_concurrency()), 1);
#endif
}

} // namespace crosspool

#endif
