#include <crosspool/crosspool.hpp>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <sys/types.h>
#include <unistd.h>

#include "workload.hpp"

namespace {

template <class Policy> class Crosspool {
public:
  int apply(int x) { return pool_.apply(latency::square, x); }

private:
  crosspool::pool<Policy> pool_{bench::workers};
};

// ---- what an idle pool burns ----

// The process and all those below it.
std::vector<pid_t> family(pid_t pid) {
  std::vector<pid_t> all = {pid};
  for (const auto& thread : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task")) {
    std::ifstream children(thread.path() / "children");
    for (pid_t child = 0; children >> child;) {
      const auto more = family(child);
      all.insert(all.end(), more.begin(), more.end());
    }
  }
  return all;
}
double processor_time(const std::vector<pid_t>& processes) {
  double sum = 0;
  for (const pid_t pid : processes) {
    clockid_t clock{};
    timespec time{};
    if (::clock_getcpuclockid(pid, &clock) == 0 && ::clock_gettime(clock, &time) == 0)
      sum += static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  }
  return sum;
}

template <class Policy> void add(std::string_view name) {
  latency::add<Crosspool<Policy>>(name);
  bench::add_once(name, "processor time of an idle second", [](benchmark::State& state) {
    Crosspool<Policy> pool;
    if (pool.apply(3) != latency::square(3))
      bench::wrong(state);
    std::this_thread::sleep_for(std::chrono::milliseconds(100)); // in which it may go to sleep
    const auto processes = family(::getpid());
    const double before = processor_time(processes);
    std::this_thread::sleep_for(std::chrono::seconds(1));
    const double used = processor_time(processes) - before;
    state.counters["median_us"] = used * 1e6;
    state.counters["p95_us"] = used * 1e6;
    return used;
  });
}

} // namespace

int main(int argc, char** argv) {
  crosspool::init(argc, argv);
  bench::start(argc, argv);
  add<crosspool::thread>("crosspool thread");
  add<crosspool::fork>("crosspool fork");
  add<crosspool::spawn>("crosspool spawn");
  return bench::run();
}
