// Runs a function in a child process, for tests that change what belongs to the whole process.
#ifndef CROSSPOOL_TESTS_CHILD_HPP
#define CROSSPOOL_TESTS_CHILD_HPP

#include <crosspool/os/process.hpp>

#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>

// What f returns, as an exit status; 100 if it throws, with its words on standard error; 101 if it took over a minute.
template <class F> int in_child(F f) {
  std::fflush(stdout);
  std::fflush(stderr);
  const pid_t pid = ::fork();
  if (pid == 0) {
    int status = 100;
    try {
      status = f();
    } catch (const std::exception& e) {
      std::fprintf(stderr, "in the child: %s\n", e.what());
    }
    ::_exit(status);
  }
  const auto watch = crosspool::detail::watch_process(pid);
  ::pollfd polled{watch.get(), POLLIN, 0};
  const bool ended = ::poll(&polled, 1, 60'000) == 1;
  if (!ended)
    ::kill(pid, SIGKILL);
  const int status = crosspool::detail::reap(pid);
  if (!ended)
    return 101;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

// Whether the process ends within half a minute. watch: from watch_process, before it can have ended.
inline bool ends(const crosspool::detail::descriptor& watch) {
  ::pollfd polled{watch.get(), POLLIN, 0};
  return ::poll(&polled, 1, 30'000) == 1;
}

inline std::size_t entries(const char* folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

// Whether this process has no children, living or dead.
inline bool childless() {
  return ::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD;
}

#endif
