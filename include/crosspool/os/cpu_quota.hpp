// How many processors Linux lets this process use: its affinity mask, and the CPU quota of its cgroups (versions 1 and
// 2), which are told in files.
#ifndef CROSSPOOL_OS_CPU_QUOTA_HPP
#define CROSSPOOL_OS_CPU_QUOTA_HPP

#include <crosspool/version.hpp>

#ifdef __linux__

#include <optional>
#include <sched.h>
#include <string>
#include <string_view>

namespace CROSSPOOL_NAMESPACE::detail {

std::optional<std::string> read_file(const std::string& path);

// quota / period, in processors; none if the group sets no limit.
std::optional<double> quota_of_group(const std::string& folder, bool version_2);

inline std::optional<double> smaller(std::optional<double> a, std::optional<double> b) {
  return !b || (a && *a < *b) ? a : b;
}

// The smallest quota of a group and the groups around it. mount: where the hierarchy is mounted; group: "/a/b".
std::optional<double> quota_of_hierarchy(const std::string& mount, std::string group, bool version_2);

// proc_cgroup: the text of /proc/self/cgroup, lines like "0::/group" or "4:cpu,cpuacct:/group"; root: /sys/fs/cgroup.
std::optional<double> cpu_quota(std::string_view proc_cgroup, const std::string& root);

int affinity_count();

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/os/cpu_quota.ipp>
#endif

#endif
