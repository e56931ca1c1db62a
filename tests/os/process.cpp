// The operating system's part: descriptors that are owned, processes that are watched and named.
#include <crosspool/os/process.hpp>

#include <csignal>
#include <fcntl.h>
#include <unistd.h>

#include "catch.hpp"
#include "child.hpp"

using namespace crosspool;
using namespace crosspool::detail;

TEST_CASE("descriptors close on exec, are owned by one object and are closed with it") {
  int raw = -1;
  {
    auto [a, b] = socket_pair(SOCK_STREAM);
    raw = a.get();
    CHECK((::fcntl(raw, F_GETFD) & FD_CLOEXEC) != 0);
    CHECK((::fcntl(b.get(), F_GETFD) & FD_CLOEXEC) != 0);
    const descriptor moved = std::move(a);
    CHECK(moved.get() == raw);
    CHECK_FALSE(a); // NOLINT(bugprone-use-after-move): that is the question
  }
  CHECK(::fcntl(raw, F_GETFD) == -1);
}

TEST_CASE("a process forked with fork_keeping has no other descriptors of pools") {
  auto [a, b] = socket_pair(SOCK_STREAM);
  const int keep[] = {b.get()};
  const pid_t pid = descriptor_registry::instance().fork_keeping(keep);
  if (pid == 0)
    ::_exit(::fcntl(a.get(), F_GETFD) == -1 && ::fcntl(b.get(), F_GETFD) != -1 ? 0 : 1);
  CHECK(reap(pid) == 0);
}

TEST_CASE("a watch becomes readable when the process ends, not before") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t pid = ::fork();
  if (pid == 0) {
    char byte = 0;
    ::_exit(::read(ends[0], &byte, 1) == 1 ? 0 : 1);
  }
  const auto watch = watch_process(pid);
  ::pollfd polled{watch.get(), POLLIN, 0};
  CHECK(::poll(&polled, 1, 0) == 0);
  REQUIRE(::write(ends[1], "x", 1) == 1);
  CHECK(::poll(&polled, 1, 30'000) == 1);
  CHECK(reap(pid) == 0);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("the end of a process is told in words") {
  const auto end_of = [](auto f) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      f();
      ::_exit(0);
    }
    return describe_end(reap(pid));
  };
  CHECK(end_of([] {}) == "exited with status 0");
  CHECK(end_of([] { ::_exit(7); }) == "exited with status 7");
  CHECK(end_of([] { std::raise(SIGKILL); }) == "died by SIGKILL");
  CHECK_THAT(describe_end(-1), ContainsSubstring("the application"));
}

TEST_CASE("a resource that ran out is named") {
  CHECK_THAT(no_resource(EMFILE, "x").what(), ContainsSubstring("RLIMIT_NOFILE"));
  CHECK_THAT(no_resource(EAGAIN, "x").what(), ContainsSubstring("RLIMIT_NPROC"));
  CHECK_THAT(no_resource(ENOENT, "do this").what(), ContainsSubstring("cannot do this"));
}

TEST_CASE("wake-ups given are there until they are taken") {
  const wake_up w;
  ::pollfd polled{w.get(), POLLIN, 0};
  CHECK(::poll(&polled, 1, 0) == 0);
  w.give();
  w.give();
  CHECK(::poll(&polled, 1, 0) == 1);
  w.take();
  CHECK(::poll(&polled, 1, 0) == 0);
}
