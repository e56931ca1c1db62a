// The CPU quota of cgroups, read from folders made for the purpose, and available_cpus() under an affinity mask.
#include <crosspool/cpu.hpp>

#include <filesystem>
#include <fstream>

#include "catch.hpp"

namespace fs = std::filesystem;
using crosspool::available_cpus;

namespace {

// A folder of its own in place of /sys/fs/cgroup.
class cgroups {
public:
  cgroups() {
    auto name = (fs::temp_directory_path() / "crosspool-cpu-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
      throw std::runtime_error("no temporary folder");
    root_ = name;
  }
  cgroups(const cgroups&) = delete;
  cgroups& operator=(const cgroups&) = delete;
  ~cgroups() {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
  }

  void file(const std::string& path, const std::string& text) const {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text << '\n';
  }
  void v1(const std::string& folder, const std::string& quota, const std::string& period) const {
    file(folder + "/cpu.cfs_quota_us", quota);
    file(folder + "/cpu.cfs_period_us", period);
  }
  // Given the text of /proc/self/cgroup; -1 for no quota.
  double quota(const std::string& text) const {
    return crosspool::detail::cpu_quota(text, root_.string()).value_or(-1);
  }

private:
  fs::path root_;
};

class affinity_restorer {
public:
  affinity_restorer() { REQUIRE(::sched_getaffinity(0, sizeof mask_, &mask_) == 0); }
  affinity_restorer(const affinity_restorer&) = delete;
  affinity_restorer& operator=(const affinity_restorer&) = delete;
  ~affinity_restorer() { ::sched_setaffinity(0, sizeof mask_, &mask_); }

  int first() const {
    int cpu = 0;
    while (!CPU_ISSET(static_cast<std::size_t>(cpu), &mask_))
      ++cpu;
    return cpu;
  }

private:
  ::cpu_set_t mask_{};
};

} // namespace

TEST_CASE("version 2: quota by period") {
  const cgroups groups;
  groups.file("job/cpu.max", "150000 100000");
  CHECK(groups.quota("0::/job\n") == 1.5);
  CHECK(groups.quota("0::/job") == 1.5);
  groups.file("job/cpu.max", "max 100000");
  CHECK(groups.quota("0::/job\n") == -1);
}

TEST_CASE("version 2: the smallest quota of all groups around") {
  const cgroups groups;
  groups.file("a/b/c/cpu.max", "400000 100000");
  CHECK(groups.quota("0::/a/b/c\n") == 4);
  groups.file("a/b/cpu.max", "max 100000");
  CHECK(groups.quota("0::/a/b/c\n") == 4);
  groups.file("a/cpu.max", "100000 50000");
  CHECK(groups.quota("0::/a/b/c\n") == 2);
  groups.file("cpu.max", "50000 100000");
  CHECK(groups.quota("0::/a/b/c\n") == 0.5);
  CHECK(groups.quota("0::/\n") == 0.5);
  groups.file("a/other/cpu.max", "10000 100000");
  CHECK(groups.quota("0::/a/b/c\n") == 0.5);
}

TEST_CASE("version 1: wherever the controller is mounted") {
  const auto mount = GENERATE(as<std::string>{}, "cpu", "cpu,cpuacct", "cpuacct,cpu");
  const auto controllers = GENERATE(as<std::string>{}, "cpu", "cpu,cpuacct", "cpuacct,cpu");
  const cgroups groups;
  groups.v1(mount + "/job", "250000", "100000");
  CHECK(groups.quota("4:" + controllers + ":/job\n") == 2.5);
  groups.v1(mount, "100000", "100000");
  CHECK(groups.quota("4:" + controllers + ":/job\n") == 1);
  // Inside a container the group's own folder may not be there.
  CHECK(groups.quota("4:" + controllers + ":/docker/0123\n") == 1);
}

TEST_CASE("version 1: no limit") {
  const cgroups groups;
  groups.v1("cpu/job", "-1", "100000");
  CHECK(groups.quota("4:cpu:/job\n") == -1);
  groups.v1("cpu/job", "100000", "0");
  CHECK(groups.quota("4:cpu:/job\n") == -1);
  groups.file("cpu/half/cpu.cfs_quota_us", "100000");
  CHECK(groups.quota("4:cpu:/half\n") == -1);
}

TEST_CASE("only the cpu controller's line counts in version 1") {
  const cgroups groups;
  groups.v1("cpu/job", "100000", "100000");
  CHECK(groups.quota("3:cpuset:/job\n") == -1);
  CHECK(groups.quota("3:cpuacct:/job\n") == -1);
  CHECK(groups.quota("1:name=systemd:/job\n") == -1);
  CHECK(groups.quota("3:cpuset:/job\n2:memory:/\n4:cpu,cpuacct:/job\n") == 1);
}

TEST_CASE("both versions at once: the smaller quota") {
  const cgroups groups;
  groups.v1("cpu/job", "300000", "100000");
  groups.file("unified/cpu.max", "200000 100000");
  CHECK(groups.quota("4:cpu:/job\n0::/unified\n") == 2);
  groups.v1("cpu/job", "100000", "100000");
  CHECK(groups.quota("0::/unified\n4:cpu:/job\n") == 1);
}

TEST_CASE("a group's name may hold colons") {
  const cgroups groups;
  groups.file("a:b/cpu.max", "100000 100000");
  CHECK(groups.quota("0::/a:b\n") == 1);
}

TEST_CASE("what is missing or malformed limits nothing") {
  const cgroups groups;
  CHECK(groups.quota("") == -1);
  CHECK(groups.quota("\n\n") == -1);
  CHECK(groups.quota("0::/none\n4:cpu:/none\n") == -1);
  CHECK(groups.quota("no colon\n") == -1);
  CHECK(groups.quota("0:one colon\n") == -1);
  CHECK(groups.quota(":") == -1);
  CHECK(groups.quota("::") == -1);
  const auto text = GENERATE(as<std::string>{}, "", "nonsense", "100000", "0 100000", "100000 0", "-5 100000", "max");
  groups.file("job/cpu.max", text);
  CHECK(groups.quota("0::/job\n") == -1);
  groups.file("cpu.max", "100000 100000");
  CHECK(groups.quota("nonsense\n0::/job\nnonsense") == 1);
}

TEST_CASE("a whole file is read, one that is not there is told from an empty one") {
  const auto path = fs::temp_directory_path() / "crosspool-cpu-none" / "none";
  CHECK_FALSE(crosspool::detail::read_file(path.string()));
  CHECK(crosspool::detail::read_file("/dev/null") == "");
  CHECK(crosspool::detail::read_file("/proc/self/cmdline").value_or("").size() > 1);
}

TEST_CASE("available_cpus follows the affinity mask") {
  const int before = available_cpus();
  REQUIRE(before >= 1);
  {
    const affinity_restorer restorer;
    ::cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<std::size_t>(restorer.first()), &one);
    REQUIRE(::sched_setaffinity(0, sizeof one, &one) == 0);
    CHECK(crosspool::detail::affinity_count() == 1);
    CHECK(available_cpus() == 1);
  }
  CHECK(available_cpus() == before);
}
