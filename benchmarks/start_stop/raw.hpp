// The yardsticks: what the kernel takes for as many processes, made and waited for with nothing in between.
#ifndef BENCHMARKS_START_STOP_RAW_HPP
#define BENCHMARKS_START_STOP_RAW_HPP

#include <spawn.h>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace raw {

inline void wait_for(pid_t pid) {
  int status = 0;
  if (pid < 0 || ::waitpid(pid, &status, 0) != pid || status != 0)
    throw std::runtime_error("a process failed");
}

/// Three forks, each waited for before the next: the two workers, and the one from which a pool may start them.
inline void three_forks() {
  for (int i = 0; i < 3; ++i) {
    const pid_t pid = ::fork();
    if (pid == 0)
      ::_exit(0);
    wait_for(pid);
  }
}

inline constexpr const char* exit_at_once = "--exit-at-once";

/// This program, twice in parallel, which is told to exit in the first line of main.
inline void two_spawns() {
  std::string name = "raw";
  std::string argument = exit_at_once;
  char* const arguments[] = {name.data(), argument.data(), nullptr};
  pid_t pids[2] = {-1, -1};
  for (auto& pid : pids)
    if (::posix_spawn(&pid, "/proc/self/exe", nullptr, nullptr, arguments, environ) != 0)
      throw std::runtime_error("no process");
  for (const auto pid : pids)
    wait_for(pid);
}

} // namespace raw

#endif
