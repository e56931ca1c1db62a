// What of os/cpu_quota.hpp depends on no type of the user's.
#ifndef CROSSPOOL_OS_CPU_QUOTA_IPP
#define CROSSPOOL_OS_CPU_QUOTA_IPP

#include <crosspool/os/cpu_quota.hpp>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <thread>

#ifdef __linux__

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE std::optional<std::string> read_file(const std::string& path) {
  const struct owned {
    std::FILE* stream;
    ~owned() {
      if (stream != nullptr)
        std::fclose(stream);
    }
  } file{std::fopen(path.c_str(), "re")};
  if (file.stream == nullptr)
    return std::nullopt;
  std::string text;
  char part[4096];
  while (const auto n = std::fread(part, 1, sizeof part, file.stream))
    text.append(part, n);
  return text;
}

CROSSPOOL_INLINE std::optional<double> quota_of_group(const std::string& folder, bool version_2) {
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

CROSSPOOL_INLINE std::optional<double> quota_of_hierarchy(const std::string& mount, std::string group, bool version_2) {
  std::optional<double> smallest;
  for (;;) {
    smallest = smaller(smallest, quota_of_group(mount + group, version_2));
    const auto slash = group.rfind('/');
    if (slash == std::string::npos)
      return smallest;
    group.resize(slash);
  }
}

CROSSPOOL_INLINE std::optional<double> cpu_quota(std::string_view proc_cgroup, const std::string& root) {
  std::optional<double> smallest;
  const auto limit = [&](std::optional<double> quota) { smallest = smaller(smallest, quota); };
  while (!proc_cgroup.empty()) {
    const auto line = proc_cgroup.substr(0, proc_cgroup.find('\n'));
    proc_cgroup.remove_prefix(line.size());
    if (!proc_cgroup.empty())
      proc_cgroup.remove_prefix(1);
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

CROSSPOOL_INLINE int affinity_count() {
  // The kernel's mask may be larger than cpu_set_t: grow until it fits.
  for (std::size_t cpus = 1024; cpus <= 1U << 20U; cpus *= 2) {
    ::cpu_set_t* const set = CPU_ALLOC(cpus);
    const auto size = CPU_ALLOC_SIZE(cpus);
    const int count = set != nullptr && ::sched_getaffinity(0, size, set) == 0 ? CPU_COUNT_S(size, set) : -1;
    CPU_FREE(set);
    if (count >= 0)
      return count;
  }
  return static_cast<int>(std::thread::hardware_concurrency());
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
#endif
