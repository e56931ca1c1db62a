// The program that has the pools: what becomes of its workers when it is killed, interrupted, exits or is replaced, and
// what it may do with its children, descriptors, threads and itself. Each such program is a scenario, run apart from
// the test; that all its descendants are gone is told by the pipe that they hold open.
#include <crosspool/crosspool.hpp>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <pthread.h>
#include <sched.h>
#include <string>
#include <sys/mman.h>
#include <termios.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "catch.hpp"
#include "child.hpp"
#include "numbers.hpp"
#include "scenario.hpp"

using namespace crosspool;
using scenario::running;
using scenario::say;

namespace {

constexpr unsigned last_resort = 60; // seconds, after which what a test has left behind ends by itself

[[noreturn]] void wait_for_ever() {
  ::alarm(last_resort);
  for (;;)
    ::pause();
}

int pid_of(int) {
  return this_worker::pid();
}

// run(policy, arguments) as the scenario "name fork …", "name spawn …" or "name thread …".
template <class Run> auto of_policies(Run run) {
  return [run](const scenario::arguments& all) {
    const scenario::arguments rest(all.begin() + 1, all.end());
    return all[0] == "fork"    ? run(crosspool::fork{}, rest)
           : all[0] == "spawn" ? run(crosspool::spawn{}, rest)
                               : run(crosspool::thread{}, rest);
  };
}
template <class Run> auto of_process_policies(Run run) {
  return [run](const scenario::arguments& all) {
    const scenario::arguments rest(all.begin() + 1, all.end());
    return all[0] == "fork" ? run(crosspool::fork{}, rest) : run(crosspool::spawn{}, rest);
  };
}

std::string either_process_policy() {
  return GENERATE("fork", "spawn");
}
std::string any_policy() {
  return GENERATE("fork", "spawn", "thread");
}

// ---- what the scenarios' tasks do ----

const scenario::add sleeps("sleeps", [](const scenario::arguments&) -> int {
  say("sleeps");
  wait_for_ever();
});

// A child, and a child of that which is another program.
int leave_descendants(int) {
  if (::fork() == 0) {
    if (::fork() == 0)
      scenario::become({"sleeps"});
    wait_for_ever();
  }
  return this_worker::pid();
}

int be_busy(const std::string& how) {
  if (how == "spinning") {
    ::alarm(last_resort);
    sigset_t all;
    ::sigfillset(&all);
    ::sigdelset(&all, SIGALRM);
    ::sigprocmask(SIG_SETMASK, &all, nullptr);
    say("busy");
    for (volatile bool more = true; more;) {
    }
  }
  say("busy");
  if (how == "stopped")
    std::raise(SIGSTOP);
  wait_for_ever();
}

void wait_until_stopped(int pid) {
  for (std::string name, state; state != "T"; std::this_thread::yield())
    std::ifstream("/proc/" + std::to_string(pid) + "/stat") >> pid >> name >> state;
}

} // namespace

// ---- killed ----

namespace {
const scenario::add is_killed("is_killed", of_process_policies([](auto policy, const auto& arguments) -> int {
                                const auto& how = arguments[0];
                                pool<decltype(policy)> p{2};
                                const auto pids = p.with({.chunksize = 1}).map(leave_descendants, up_to(2));
                                if (how == "idle")
                                  say("busy"), say("busy");
                                const auto f = how == "idle" ? future<std::vector<int>>()
                                                             : p.map_async(be_busy, std::vector(2, how));
                                if (how == "stopped") {
                                  for (const int pid : pids)
                                    wait_until_stopped(pid);
                                  say("ready");
                                } else
                                  say("ready");
                                wait_for_ever();
                              }));
} // namespace

TEST_CASE("killed: the workers end with the program and so does what they have forked, whatever they are at") {
  const auto policy = either_process_policy();
  const std::string how = GENERATE("idle", "pausing", "spinning", "stopped");
  CAPTURE(policy, how);
  running program({"is_killed", policy, how});
  REQUIRE(program.says("busy", 2));
  REQUIRE(program.says("sleeps", 2));
  REQUIRE(program.says("ready"));
  program.send(SIGKILL);
  CHECK(program.all_gone());
}

namespace {
const scenario::add forks_a_bystander("forks_a_bystander", of_process_policies([](auto policy, const auto&) -> int {
                                        pool<decltype(policy)> p{2};
                                        p.with({.chunksize = 1}).map(leave_descendants, up_to(2));
                                        if (::fork() == 0) { // it has all descriptors of the pool, and lives on
                                          say("bystander " + std::to_string(::getpid()) + ".");
                                          ::close(STDOUT_FILENO);
                                          ::close(STDERR_FILENO);
                                          wait_for_ever();
                                        }
                                        p.map(be_busy, std::vector<std::string>(2, "pausing"));
                                        return 1;
                                      }));
} // namespace

TEST_CASE("killed: the workers end though a process that the application has forked holds the pool's descriptors") {
  running program({"forks_a_bystander", either_process_policy()});
  REQUIRE(program.says("busy", 2));
  REQUIRE(program.says("sleeps", 2));
  REQUIRE(program.says("."));
  program.send(SIGKILL);
  CHECK(program.all_gone());
  const auto at = program.text().find("bystander ");
  REQUIRE(at != std::string::npos);
  ::kill(std::stoi(program.text().substr(at + 10)), SIGKILL);
}

namespace {
const scenario::add dies_in_initializer("dies_in_initializer", of_process_policies([](auto policy, const auto&) {
                                          pool<decltype(policy)> p{3,
                                                                   [](int program) {
                                                                     ::kill(program, SIGKILL);
                                                                     wait_for_ever();
                                                                   },
                                                                   static_cast<int>(::getpid())};
                                          return 1;
                                        }));

// Ends the process's parent, and goes on when that is gone.
void lose_parent() {
  const pid_t parent = ::getppid();
  const auto watch = static_cast<int>(::syscall(SYS_pidfd_open, parent, 0));
  ::kill(parent, SIGKILL);
  ::pollfd polled{watch, POLLIN, 0};
  ::poll(&polled, 1, 30'000);
  ::close(watch);
}

// Forks since the program was started; after how many the parent is lost.
int generation = 0, fatal_generation = 0;

const scenario::add dies_after_fork("dies_after_fork", [](const scenario::arguments& arguments) {
  fatal_generation = std::stoi(arguments[0]);
  ::pthread_atfork(nullptr, nullptr, [] {
    if (++generation == fatal_generation)
      lose_parent();
  });
  try {
    fork_pool p{2};
  } catch (const start_failed& e) {
    say(e.what());
  }
  return 0;
});

constexpr const char* orphan_workers_of = "CROSSPOOL_TEST_ORPHAN_WORKERS_OF";

// In a spawned worker this runs before main, and thus before crosspool::init.
__attribute__((constructor)) void become_an_orphan() {
  if (const char* const program = std::getenv(orphan_workers_of))
    if (::getppid() == std::atoi(program))
      lose_parent();
}

const scenario::add dies_after_spawn("dies_after_spawn", [](const scenario::arguments&) {
  ::setenv(orphan_workers_of, std::to_string(::getpid()).c_str(), 1);
  spawn_pool p{2};
  return 1;
});
} // namespace

TEST_CASE("killed while its workers are initialized: nothing is left") {
  running program({"dies_in_initializer", either_process_policy()});
  CHECK(program.all_gone());
  CHECK(WTERMSIG(program.status()) == SIGKILL);
}

TEST_CASE("killed between a fork and what the new process does first: nothing is left, and nothing is said") {
  running program({"dies_after_fork", "1"});
  CHECK(program.all_gone());
  CHECK(WTERMSIG(program.status()) == SIGKILL);
  CHECK(program.text().empty());
}

TEST_CASE("a template that is killed between a fork and what the worker does first: nothing is left") {
  running program({"dies_after_fork", "2"});
  CHECK(program.all_gone());
  CHECK(program.status() == 0);
  CHECK_THAT(program.text(), ContainsSubstring("crosspool: "));
}

TEST_CASE("killed between a spawn and crosspool::init in the worker: nothing is left, and nothing is said") {
  running program({"dies_after_spawn"});
  CHECK(program.all_gone());
  CHECK(WTERMSIG(program.status()) == SIGKILL);
  CHECK(program.text().empty());
}

namespace {
template <class P> int nest(int depth) {
  if (depth == 0) {
    leave_descendants(0);
    say("deep");
    wait_for_ever();
  }
  pool<P> p{1};
  return p.apply(nest<P>, depth - 1);
}

const scenario::add nests("nests",
                          of_process_policies([](auto policy, const auto&) { return nest<decltype(policy)>(5); }));
} // namespace

TEST_CASE("killed with pools in its workers' workers: nothing is left") {
  running program({"nests", either_process_policy()});
  REQUIRE(program.says("deep"));
  REQUIRE(program.says("sleeps"));
  program.send(SIGKILL);
  CHECK(program.all_gone());
}

TEST_CASE("as process 1 of a container a program works, and when it is killed nothing is left") {
  const auto policy = either_process_policy();
  const std::string how = GENERATE("idle", "spinning");
  auto* const inner = static_cast<pid_t*>(
      ::mmap(nullptr, sizeof(pid_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  running program({"is_killed", policy, how}, [&] {
    if (::unshare(CLONE_NEWPID) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWPID) != 0) {
      say("not permitted");
      ::_exit(0);
    }
    const pid_t first = ::fork();
    if (first == 0) {
      if (::getpid() != 1)
        ::_exit(98);
      return;
    }
    *inner = first;
    ::close(STDOUT_FILENO);
    ::close(STDERR_FILENO);
    detail::reap(first);
    ::_exit(0);
  });
  const bool ready = program.says("ready");
  if (program.text() == "not permitted\n") {
    WARN("skipped: this system lets nobody make a pid namespace");
    return;
  }
  REQUIRE(ready);
  REQUIRE(program.says("sleeps", 2));
  REQUIRE(*inner > 0);
  ::kill(*inner, SIGKILL);
  CHECK(program.all_gone());
  ::munmap(inner, sizeof(pid_t));
}

// ---- replaced, exiting ----

namespace {
const scenario::add ends_at_once("ends_at_once", [](const scenario::arguments&) {
  say("the other program");
  return 0;
});
const scenario::add replaces_itself("replaces_itself", of_process_policies([](auto policy, const auto&) -> int {
                                      pool<decltype(policy)> p{2};
                                      p.with({.chunksize = 1}).map(leave_descendants, up_to(2));
                                      const auto f = p.map_async(be_busy, std::vector<std::string>(2, "pausing"));
                                      scenario::become({"ends_at_once"});
                                    }));
} // namespace

TEST_CASE("a program that becomes another by exec leaves nothing behind") {
  running program({"replaces_itself", either_process_policy()});
  CHECK(program.all_gone());
  CHECK(program.status() == 0);
  CHECK_THAT(program.text(), ContainsSubstring("the other program"));
}

namespace {
int pause_in_worker(int) {
  say("busy");
  for (;;)
    ::pause();
}

const scenario::add exits_with_pending_work("exits_with_pending_work", of_policies([](auto policy, const auto&) {
                                              pool<decltype(policy)> p{2};
                                              const auto f = p.map_async(pause_in_worker, up_to(100));
                                              std::exit(3);
                                              return 0;
                                            }));

// The pool's threads are at work meanwhile, and make and lose descriptors.
const scenario::add exits_while_replacing("exits_while_replacing", of_policies([](auto policy, const auto&) {
                                            pool<decltype(policy)> p{{.workers = 2, .max_tasks_per_worker = 1}};
                                            p.map(square, up_to(10));
                                            const auto f = p.map_async(square, up_to(1000));
                                            std::exit(3);
                                            return 0;
                                          }));

// Made before main, and thus destroyed after all that main and what it calls has made.
template <class P> std::unique_ptr<pool<P>> global;

const scenario::add has_a_global_pool("has_a_global_pool", of_policies([](auto policy, const auto&) {
                                        using P = decltype(policy);
                                        global<P> = std::make_unique<pool<P>>(
                                            options{.workers = 2, .max_tasks_per_worker = 3});
                                        const auto f = global<P>->map_async(
                                            [](int x) { say("item " + std::to_string(x) + "."); }, up_to(40));
                                        std::exit(3);
                                        return 0;
                                      }));
} // namespace

TEST_CASE("exit with work pending ends the program and its workers") {
  const std::string how = GENERATE("exits_with_pending_work", "exits_while_replacing");
  running program({how, any_policy()});
  CHECK(program.all_gone());
  CHECK(program.status() == 3 << 8);
  INFO(program.text());
  CHECK(program.text().find("crosspool") == std::string::npos);
}

TEST_CASE("a pool that is destroyed after main does its work first") {
  running program({"has_a_global_pool", any_policy()});
  CHECK(program.all_gone());
  CHECK(program.status() == 3 << 8);
  for (int i = 0; i < 40; ++i)
    CHECK_THAT(program.text(), ContainsSubstring("item " + std::to_string(i) + "."));
}

// ---- at a terminal ----

namespace {

// A terminal, and a shell that has the program run in its foreground. The end of another pipe tells that all are gone.
class terminal {
public:
  explicit terminal(const scenario::arguments& of, bool stops_output_of_others = false)
      : master_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    char name[64];
    if (::grantpt(master_.get()) != 0 || ::unlockpt(master_.get()) != 0 ||
        ::ptsname_r(master_.get(), name, sizeof name) != 0)
      throw std::runtime_error("no terminal");
    int life[2], shell_life[2];
    if (::pipe2(life, O_CLOEXEC) != 0 || ::pipe2(shell_life, O_CLOEXEC) != 0)
      throw std::runtime_error("no pipe");
    shell_ = ::fork();
    if (shell_ == 0) {
      ::close(shell_life[1]);
      ::close(life[0]);
      ::setsid();
      const int tty = ::open(name, O_RDWR); // and thereby the session's
      ::termios settings{};
      ::tcgetattr(tty, &settings);
      settings.c_lflag &= ~static_cast<tcflag_t>(ECHO);
      settings.c_oflag &= ~static_cast<tcflag_t>(OPOST);
      if (stops_output_of_others)
        settings.c_lflag |= TOSTOP;
      ::tcsetattr(tty, TCSANOW, &settings);
      const pid_t program = ::fork();
      if (program == 0) {
        ::setpgid(0, 0);
        ::signal(SIGTTOU, SIG_IGN);
        ::tcsetpgrp(tty, ::getpid());
        ::signal(SIGTTOU, SIG_DFL);
        for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
          ::dup2(tty, fd);
        if (life[1] != STDERR_FILENO + 1)
          ::dup2(life[1], STDERR_FILENO + 1);
        else
          ::fcntl(life[1], F_SETFD, 0);
        scenario::become(of, STDERR_FILENO + 1);
      }
      ::close(life[1]);
      const int status = detail::reap(program);
      char nothing = 0;
      while (::read(shell_life[0], &nothing, 1) > 0) { // the session lives until the test is over
      }
      ::_exit(WIFSIGNALED(status) ? 100 + WTERMSIG(status) : WEXITSTATUS(status));
    }
    ::close(life[1]);
    ::close(shell_life[0]);
    life_ = detail::descriptor(life[0]);
    shell_life_ = detail::descriptor(shell_life[1]);
  }
  terminal(const terminal&) = delete;
  terminal& operator=(const terminal&) = delete;
  ~terminal() {
    if (shell_ != 0)
      status();
  }

  void type(const char* keys) const { static_cast<void>(!::write(master_.get(), keys, std::strlen(keys))); }

  bool says(const std::string& words, int times = 1) {
    return scenario::come_often(text_, words, times, [&] { return read_some(30'000); });
  }
  bool all_gone() {
    ::pollfd polled{life_.get(), POLLIN, 0};
    const bool gone = ::poll(&polled, 1, 10'000) == 1;
    while (read_some(0)) {
    }
    return gone;
  }
  /// Of the program: 100 + the number of a signal, or what it has exited with.
  int status() {
    shell_life_.reset();
    const int status = detail::reap(std::exchange(shell_, 0));
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  [[nodiscard]] const std::string& text() const { return text_; }

private:
  bool read_some(int milliseconds) {
    ::pollfd polled{master_.get(), POLLIN, 0};
    if (::poll(&polled, 1, milliseconds) != 1)
      return false;
    char part[4096];
    const auto n = ::read(master_.get(), part, sizeof part);
    if (n > 0)
      text_.append(part, static_cast<std::size_t>(n));
    return n > 0;
  }

  detail::descriptor master_;
  detail::descriptor life_;
  detail::descriptor shell_life_;
  pid_t shell_ = 0;
  std::string text_;
};

const scenario::add is_interrupted("is_interrupted", of_policies([](auto policy, const auto& arguments) {
                                     using P = decltype(policy);
                                     ::alarm(last_resort);
                                     if (arguments[0] == "starting") {
                                       pool<P> p{2, [] {
                                                   say("at work");
                                                   wait_for_ever();
                                                 }};
                                       return 1;
                                     }
                                     pool<P> p{2};
                                     if constexpr (P::results == crossing::serialized)
                                       p.with({.chunksize = 1}).map(leave_descendants, up_to(2));
                                     if (arguments[0] == "waiting")
                                       p.with({.chunksize = 1})
                                           .map(
                                               [](int) {
                                                 say("at work");
                                                 wait_for_ever();
                                               },
                                               up_to(20));
                                     say("at work\nat work");
                                     wait_for_ever();
                                   }));

const scenario::add handles_interrupts("handles_interrupts", of_process_policies([](auto policy, const auto&) {
                                         ::alarm(last_resort);
                                         static std::atomic<bool> interrupted = false;
                                         int go_on[2];
                                         if (::pipe(go_on) != 0)
                                           return 2;
                                         // Inherited as it is: both policies leave to the workers what does not close
                                         // on exec.
                                         pool<decltype(policy)> p{2};
                                         struct sigaction action{};
                                         action.sa_handler = [](int) { interrupted = true; };
                                         sigset_t interrupt, before;
                                         ::sigemptyset(&interrupt);
                                         ::sigaddset(&interrupt, SIGINT);
                                         ::sigprocmask(SIG_BLOCK, &interrupt, &before);
                                         ::sigaction(SIGINT, &action, nullptr);
                                         auto f = p.map_async(
                                             [](int fd) {
                                               say("at work");
                                               char byte = 0;
                                               return ::read(fd, &byte, 1) == 1 ? 1 : 0;
                                             },
                                             std::vector(2, go_on[0]));
                                         while (!interrupted)
                                           ::sigsuspend(&before);
                                         if (::write(go_on[1], "xx", 2) != 2)
                                           return 3;
                                         say(f.get() == std::vector{1, 1} && works(p) ? "undisturbed" : "disturbed");
                                         return 0;
                                       }));

const scenario::add uses_the_terminal("uses_the_terminal", of_process_policies([](auto policy, const auto&) {
                                        ::alarm(last_resort);
                                        pool<decltype(policy)> p{2};
                                        const auto lines = p.map(
                                            [](int) {
                                              say("from a task");
                                              const detail::descriptor tty(::open("/dev/tty", O_RDWR | O_CLOEXEC));
                                              char byte = 0;
                                              return static_cast<int>(::read(tty.get(), &byte, 1));
                                            },
                                            up_to(2));
                                        say(lines == std::vector{-1, -1} ? "ended" : "has read");
                                        return 0;
                                      }));

} // namespace

TEST_CASE("Ctrl-C and Ctrl-\\ at the terminal end the program and all that it has started, in silence") {
  const auto policy = any_policy();
  const std::string when = GENERATE("starting", "idle", "waiting");
  const auto [key, signal] = GENERATE(std::pair("\x03", SIGINT), std::pair("\x1c", SIGQUIT));
  CAPTURE(policy, when, signal);
  terminal here({"is_interrupted", policy, when});
  REQUIRE(here.says("at work", 2));
  if (policy != "thread" && when != "starting")
    REQUIRE(here.says("sleeps", 2));
  const auto before = here.text();
  here.type(key);
  CHECK(here.all_gone());
  CHECK(here.text() == before);
  CHECK(here.status() == 100 + signal);
}

TEST_CASE("the workers of a program that handles Ctrl-C are not disturbed by it") {
  terminal here({"handles_interrupts", either_process_policy()});
  REQUIRE(here.says("at work", 2));
  here.type("\x03");
  CHECK(here.says("undisturbed"));
  CHECK(here.all_gone());
  CHECK(here.status() == 0);
}

TEST_CASE("workers may write to a terminal that stops the output of others, and are told that they cannot read it") {
  terminal here({"uses_the_terminal", either_process_policy()}, true);
  CHECK(here.says("ended"));
  CHECK(here.all_gone());
  CHECK(here.status() == 0);
}

TEST_CASE("what is sent to all processes of the program by name ends workers, which are replaced, but no template") {
  fork_pool p{2};
  const auto template_of = [&] { return p.apply([] { return static_cast<int>(::getppid()); }); };
  const int before = template_of();
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGQUIT}) {
    ::kill(before, number);
    const int worker = p.apply(pid_of, 0);
    const auto watch = detail::watch_process(worker);
    ::kill(worker, number);
    CHECK(ends(watch)); // that is how a worker takes these
    try {
      works(p);
    } catch (const worker_died&) { // the pool had not noticed yet
    }
    CHECK(works(p));
  }
  CHECK(template_of() == before);
}

// ---- what the application does with what is its own ----

TEMPLATE_TEST_CASE("a thread of the application that waits for any child does no harm", "", crosspool::fork,
                   crosspool::spawn) {
  CHECK(in_child([] {
          std::atomic<bool> stop = false;
          std::thread reaper([&] {
            while (!stop)
              if (::waitpid(-1, nullptr, 0) < 0)
                std::this_thread::yield();
          });
          int status = 0;
          for (int i = 0; i < 20 && status == 0; ++i) {
            pool<TestType> p{2};
            try {
              p.apply([] { ::_exit(7); });
              status = 1;
            } catch (const worker_died&) {
            }
            if (!works(p))
              status = 2;
            auto f = p.apply_async([] { return ::pause(); });
            p.terminate();
            p.join();
            try {
              f.get();
              status = 3;
            } catch (const cancelled&) {
            }
          }
          for (int i = 0; i < 5 && status == 0; ++i)
            try {
              pool<TestType> p{2, [] { ::_exit(9); }};
              status = 4;
            } catch (const start_failed&) {
            }
          stop = true;
          reaper.join();
          return status;
        }) == 0);
}

TEMPLATE_TEST_CASE("whichever of the standard descriptors are closed, pools work, and workers have an empty input", "",
                   crosspool::fork, crosspool::spawn) {
  for (unsigned closed = 1; closed < 8; ++closed) {
    CAPTURE(closed);
    CHECK(in_child([&] {
            for (const int fd : {0, 1, 2})
              if ((closed >> static_cast<unsigned>(fd) & 1U) != 0)
                ::close(fd);
            pool<TestType> p{{.workers = 2, .max_tasks_per_worker = 30}};
            if (!works(p))
              return 1;
            return p.apply([] {
              char byte = 0;
              const bool empty = ::read(STDIN_FILENO, &byte, 1) == 0;
              // Nor does that change in a program that a task starts.
              return empty && (::fcntl(STDIN_FILENO, F_GETFD) & FD_CLOEXEC) == 0 ? 0 : 2;
            });
          }) == 0);
  }
}

TEMPLATE_TEST_CASE("pools can be made while other threads hold locks", "", crosspool::fork, crosspool::spawn) {
  CHECK(in_child([] {
          std::mutex held;
          held.lock();
          std::atomic<int> ready = 0;
          std::atomic<bool> stop = false;
          std::vector<std::thread> threads;
          threads.emplace_back([&] { // a lock of the C library, held throughout
            ::flockfile(stdin);
            ++ready;
            while (!stop)
              std::this_thread::yield();
            ::funlockfile(stdin);
          });
          for (int i = 0; i < 2; ++i) // locks of the C library and of the loader, taken again and again
            threads.emplace_back([&] {
              ++ready;
              while (!stop) {
                const std::string text(100'000, 'x');
                std::fprintf(stderr, "%s", text.substr(100'000).c_str());
                static_cast<void>(std::filesystem::exists("/nowhere"));
                try {
                  throw std::runtime_error(text);
                } catch (const std::runtime_error&) {
                }
              }
            });
          while (ready != 3)
            std::this_thread::yield();
          int status = 0;
          for (int i = 0; i < 20 && status == 0; ++i) {
            pool<TestType> p{{.workers = 2, .max_tasks_per_worker = 30}};
            if (!works(p))
              status = 1;
            try {
              p.apply([](int x) -> int { throw std::invalid_argument(std::to_string(x)); }, 4);
            } catch (const std::invalid_argument&) {
            }
          }
          stop = true;
          for (auto& each : threads)
            each.join();
          held.unlock();
          return status;
        }) == 0);
}

namespace {
const scenario::add prints_meanwhile("prints_meanwhile", of_process_policies([](auto policy, const auto&) {
                                       ::alarm(last_resort);
                                       std::setvbuf(stdout, nullptr, _IOFBF, 1U << 16U);
                                       std::atomic<bool> stop = false;
                                       std::thread printer([&] {
                                         for (int i = 0; !stop; ++i) {
                                           std::printf("%d\n", i);
                                           std::this_thread::yield();
                                         }
                                       });
                                       for (int i = 0; i < 20; ++i) {
                                         pool<decltype(policy)> p{{.workers = 2, .max_tasks_per_worker = 20}};
                                         if (!works(p))
                                           return 1;
                                       }
                                       stop = true;
                                       printer.join();
                                       return 0;
                                     }));
} // namespace

TEST_CASE("what a thread prints while pools are made is written once") {
  running program({"prints_meanwhile", either_process_policy()});
  CHECK(program.all_gone());
  CHECK(program.status() == 0);
  std::istringstream in(program.text());
  int line = 0, expected = 0;
  for (; in >> line && line == expected; ++expected) {
  }
  CHECK(in.eof());
  CHECK(expected > 0);
}

// ---- copies in processes that the application forks ----

namespace {

template <class F> bool says_closed(F f) {
  try {
    f();
  } catch (const pool_closed&) {
    return true;
  }
  return false;
}

const scenario::add
    forks_itself("forks_itself", of_policies([](auto policy, const auto&) {
                   using P = decltype(policy);
                   ::alarm(last_resort);
                   global<P> = std::make_unique<pool<P>>(2);
                   auto& p = *global<P>;
                   auto with_options = p.with({.chunksize = 2});
                   std::atomic<bool> stop = false;
                   std::atomic<int> status = 0;
                   std::thread user([&] {        // whatever the pool's locks guard may be half done at the fork
                     while (!stop && !sanitized) // whose malloc may stay locked in the copy
                       if (!works(p))
                         status = 1;
                   });
                   auto finished = p.apply_async(square, 3);
                   finished.wait();
                   for (int i = 0; i < 20 && status == 0; ++i) {
                     auto pending = p.map_async(square, up_to(1000));
                     const pid_t copy = ::fork();
                     if (copy == 0) {
                       ::alarm(last_resort / 2);
                       user.detach();
                       const std::vector<bool> closed{says_closed([&] { p.apply(square, 1); }),
                                                      says_closed([&] { p.map(square, {1, 2}); }),
                                                      says_closed([&] { with_options.map(square, {1, 2}); }),
                                                      says_closed([&] { with_options.apply_async(square, 1); }),
                                                      says_closed([&] { p.close(); }),
                                                      says_closed([&] { p.terminate(); }),
                                                      says_closed([&] { p.join(); }),
                                                      says_closed([&] { pending.wait(); }),
                                                      says_closed([&] { static_cast<void>(pending.ready()); }),
                                                      says_closed([&] { pending.get(); }),
                                                      says_closed([&] { finished.get(); })};
                       for (const bool each : closed)
                         std::printf("%d", each ? 1 : 0);
                       std::printf("\n");
                       pool<P> own{2};
                       if (!works(own))
                         std::_Exit(5);
                       std::exit(std::find(closed.begin(), closed.end(), false) == closed.end() ? 0 : 4);
                     }
                     if (const int ended = detail::reap(copy); ended != 0)
                       status = WIFEXITED(ended) ? WEXITSTATUS(ended) : 6;
                     const auto results = pending.get();
                     if (results.size() != 1000 || results[999] != 999 * 999)
                       status = 2;
                   }
                   stop = true;
                   user.join();
                   if (finished.get() != 9 || !works(p))
                     status = 3;
                   return status.load();
                 }));

} // namespace

TEST_CASE("a pool and its futures are of no use in a process forked by the application, and the original works on") {
  // What other threads had is nobody's in the copies: a sanitizer is not to look for it there.
  running program({"forks_itself", any_policy()}, [] { ::setenv("ASAN_OPTIONS", "detect_leaks=0", 1); });
  CHECK(program.all_gone());
  INFO(program.text());
  CHECK(program.status() == 0);
}

// ---- descriptors ----

namespace {

const scenario::add lists_descriptors("lists_descriptors", [](const scenario::arguments& arguments) {
  for (const auto& each : std::filesystem::directory_iterator("/proc/self/fd")) {
    const auto target = std::filesystem::read_symlink(each.path()).string();
    if (std::stoi(each.path().filename()) > STDERR_FILENO && target.find("/fd") == std::string::npos)
      say(arguments[0] + " has " + target);
  }
  say(arguments[0] + " has listed");
  return 0;
});

// Another program that is started without closing anything for it.
bool runs_lister(const std::string& who) {
  const pid_t pid = ::fork();
  if (pid == 0)
    scenario::become({"lists_descriptors", who}, 1024);
  return detail::reap(pid) == 0;
}

const scenario::add starts_programs("starts_programs", of_process_policies([](auto policy, const auto&) {
                                      using P = decltype(policy);
                                      pool<P> p{{.workers = 2, .max_tasks_per_worker = 2}};
                                      pool<P> other{1};
                                      if (!works(other) || !runs_lister("program"))
                                        return 1;
                                      for (int i = 0; i < 6; ++i)
                                        if (!p.apply(runs_lister, "worker"))
                                          return 2;
                                      pool<P> runs_when_initialized{1, [] { runs_lister("initializer"); }};
                                      return p.apply([] {
                                        pool<P> nested{1};
                                        return works(nested) && runs_lister("nested") &&
                                                       nested.apply(runs_lister, "nested worker")
                                                   ? 0
                                                   : 3;
                                      });
                                    }));

} // namespace

TEST_CASE("no descriptor of a pool is open in a program that the application or a task starts") {
  running program({"starts_programs", either_process_policy()});
  CHECK(program.all_gone());
  CHECK(program.status() == 0);
  std::map<std::string, int> lines;
  std::istringstream in(program.text());
  for (std::string line; std::getline(in, line);)
    ++lines[line];
  CHECK(lines == std::map<std::string, int>{{"program has listed", 1},
                                            {"worker has listed", 6},
                                            {"initializer has listed", 1},
                                            {"nested has listed", 1},
                                            {"nested worker has listed", 1}});
}
