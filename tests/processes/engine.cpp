// Pools of processes, however they came to life: what happens when workers end, when the program ends, when resources
// run out, and what the workers inherit.
#include <crosspool/crosspool.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

#include "catch.hpp"
#include "child.hpp"
#include "numbers.hpp"

#define PROCESSES crosspool::fork, crosspool::spawn

using namespace crosspool;

namespace {

enum class way { segv, kill, abort, exit, quick_exit, at_once };
struct End {
  way how;
  int at;
  int operator()(int x) const {
    if (x != at)
      return x;
    switch (how) {
    case way::segv:
      ::signal(SIGSEGV, SIG_DFL); // a sanitizer has a handler of its own
      std::raise(SIGSEGV);
      break;
    case way::kill:
      std::raise(SIGKILL);
      break;
    case way::abort:
      ::signal(SIGABRT, SIG_DFL);
      std::abort();
    case way::exit:
      std::exit(3);
    case way::quick_exit:
      std::quick_exit(5);
    case way::at_once:
      ::_exit(4);
    }
    return x;
  }
};

// Whether a call that ends its worker in this way is told so.
template <class Pool> bool loses_worker(Pool& p, way how) {
  try {
    p.apply(End{how, 1}, 1);
    return false;
  } catch (const worker_died&) {
    return true;
  }
}

int pid_of(int) {
  return this_worker::pid();
}

} // namespace

TEMPLATE_TEST_CASE("a worker that dies costs the item it ran, is named and is replaced", "", PROCESSES) {
  struct Case {
    way how;
    int signal, status;
    const char* words;
  };
  pool<TestType> p{2};
  for (const auto& [how, signal, status, words] :
       {Case{way::segv, SIGSEGV, -1, "died by SIGSEGV"}, Case{way::kill, SIGKILL, -1, "died by SIGKILL"},
        Case{way::abort, SIGABRT, -1, "died by SIGABRT"}, Case{way::exit, 0, 3, "exited with status 3"},
        Case{way::at_once, 0, 4, "exited with status 4"}}) {
    try {
      p.with({.chunksize = 1}).map(End{how, 17}, up_to(40));
      FAIL("no exception");
    } catch (const worker_died& e) {
      CHECK(e.item() == 17);
      CHECK(e.signal() == signal);
      CHECK(e.exit_status() == status);
      CHECK(e.pid() > 0);
      CHECK_THAT(e.what(), ContainsSubstring(words) && ContainsSubstring("item 17 of map") &&
                               ContainsSubstring("(pid " + std::to_string(e.pid()) + ")"));
    }
    CHECK(works(p));
  }
  CHECK(p.workers() == 2);
}

TEMPLATE_TEST_CASE("a worker that dies among many items that were sent together costs its item", "", PROCESSES) {
  pool<TestType> p{2};
  for (const std::size_t chunksize : {0U, 1U, 5000U})
    for (const int at : {0, 31'234, 99'999}) {
      try {
        p.with({.chunksize = chunksize}).map(End{way::kill, at}, up_to(100'000));
        FAIL("no exception");
      } catch (const worker_died& e) {
        CHECK(e.item() == static_cast<std::size_t>(at));
        CHECK(e.signal() == SIGKILL);
      }
      CHECK(works(p));
    }
}

TEMPLATE_TEST_CASE("parcels that were only queued at a worker that died are run elsewhere", "", PROCESSES) {
  pool<TestType> p{1};
  std::vector<future<int>> futures;
  for (int i = 0; i < 20; ++i)
    futures.push_back(p.apply_async(End{way::kill, 5}, i));
  for (int i = 0; i < 20; ++i) {
    auto& f = futures[static_cast<std::size_t>(i)];
    if (i == 5)
      CHECK_THROWS_AS(f.get(), worker_died);
    else
      CHECK(f.get() == i);
  }
}

TEMPLATE_TEST_CASE("a worker that is killed while idle is replaced", "", PROCESSES) {
  pool<TestType> p{1};
  const int pid = p.apply(pid_of, 0);
  const auto watch = detail::watch_process(pid);
  ::kill(pid, SIGKILL);
  REQUIRE(ends(watch));
  int now = pid;
  try {
    now = p.apply(pid_of, 0);
  } catch (const worker_died&) { // the pool had not noticed yet
    now = p.apply(pid_of, 0);
  }
  CHECK(now != pid);
}

TEMPLATE_TEST_CASE("a worker is replaced after max_tasks_per_worker items", "", PROCESSES) {
  pool<TestType> p{{.workers = 2, .max_tasks_per_worker = 5}};
  for (const std::size_t chunksize : {0U, 1U, 2U, 5U, 100U}) {
    std::map<int, int> tasks;
    for (const int pid : p.with({.chunksize = chunksize}).map(pid_of, up_to(40)))
      ++tasks[pid];
    CHECK(tasks.size() >= 8);
    for (const auto& [pid, count] : tasks)
      CHECK(count <= 5);
  }
}

TEMPLATE_TEST_CASE("a replacement is initialized like the first", "", PROCESSES) {
  static int value = 0;
  pool<TestType> p{{.workers = 1, .max_tasks_per_worker = 1}, [](int v) { value += v; }, 7};
  for (int i = 0; i < 3; ++i)
    CHECK(p.apply([] { return value; }) == 7);
}

TEMPLATE_TEST_CASE("an initializer that ends the process makes construction throw start_failed", "", PROCESSES) {
  try {
    pool<TestType> p{2, [] { ::_exit(9); }};
    FAIL("no exception");
  } catch (const start_failed& e) {
    CHECK_THAT(e.what(), ContainsSubstring("exited with status 9") && ContainsSubstring("initializer"));
  }
  CHECK(childless());
}

TEMPLATE_TEST_CASE("replacements that cannot start end the pool with a clear error", "", PROCESSES) {
  const auto flag = std::filesystem::temp_directory_path() / ("crosspool-" + std::to_string(::getpid()));
  std::filesystem::create_directory(flag);
  pool<TestType> p{1,
                   [](const std::string& folder) {
                     if (!std::filesystem::exists(folder))
                       throw std::runtime_error("the folder is gone");
                   },
                   flag.string()};
  std::filesystem::remove(flag);
  CHECK_THROWS_AS(p.apply(End{way::kill, 1}, 1), worker_died);
  for (int i = 0; i < 2; ++i)
    try {
      p.apply(square, 1);
      FAIL("no exception");
    } catch (const start_failed& e) {
      CHECK_THAT(e.what(), ContainsSubstring("the folder is gone"));
    }
}

TEMPLATE_TEST_CASE("a thing that cannot be read in the worker costs that item only", "", PROCESSES) {
  struct Unreadable {
    int value = 0;
    void save(output_archive& archive) const { archive(value); }
    void load(input_archive& archive) {
      archive(value);
      if (value == 3)
        throw std::domain_error("cannot read a three");
    }
  };
  pool<TestType> p{1};
  std::vector<future<int>> futures;
  for (int i = 0; i < 5; ++i)
    futures.push_back(p.apply_async([](const Unreadable& u) { return u.value; }, Unreadable{i}));
  for (int i = 0; i < 5; ++i)
    if (i == 3)
      CHECK_THROWS_AS(futures[3].get(), std::domain_error);
    else
      CHECK(futures[static_cast<std::size_t>(i)].get() == i);
}

TEMPLATE_TEST_CASE("terminate stops what runs", "", PROCESSES) {
  pool<TestType> p{1};
  auto f = p.apply_async([] { return ::pause(); });
  p.terminate();
  p.join();
  CHECK_THROWS_AS(f.get(), cancelled);
  CHECK(childless());
}

TEMPLATE_TEST_CASE("pools leave nothing behind", "", PROCESSES) {
  {
    pool<TestType> warm_up{1};
  }
  const auto descriptors = entries("/proc/self/fd");
  // A thread that has been joined may still be listed for a moment.
  const auto threads_come_to = [](std::size_t n) {
    for (int i = 0; i < 100'000 && entries("/proc/self/task") != n; ++i)
      std::this_thread::yield();
    return entries("/proc/self/task") == n;
  };
  REQUIRE(threads_come_to(1));
  for (int i = 0; i < 20; ++i) {
    pool<TestType> p{2};
    CHECK(works(p));
  }
  CHECK(entries("/proc/self/fd") == descriptors);
  CHECK(threads_come_to(1));
  CHECK(childless());
}

TEMPLATE_TEST_CASE("a worker has no descriptors but the standard ones and those it works with", "", PROCESSES) {
  const auto list = [](int) {
    std::vector<std::string> open;
    for (const auto& each : std::filesystem::directory_iterator("/proc/self/fd"))
      if (const int fd = std::stoi(each.path().filename().string()); fd > STDERR_FILENO)
        open.push_back(std::filesystem::read_symlink(each).string());
    return open;
  };
  CHECK(in_child([&] { // with no descriptors of the test runner's
          for (int fd = 3; fd < 256; ++fd)
            ::close(fd);
          pool<TestType> other{2};
          pool<TestType> p{3};
          for (const auto& open : p.with({.chunksize = 1}).map(list, up_to(9))) {
            std::size_t sockets = 0, memories = 0, bells = 0, pipes = 0, listed = 0;
            for (const auto& each : open) {
              sockets += each.starts_with("socket:") ? 1 : 0;
              memories += each.starts_with("/memfd:crosspool") ? 1 : 0;
              bells += each.starts_with("anon_inode:[eventfd]") ? 1 : 0;
              pipes += each.starts_with("pipe:") ? 1 : 0;
              listed += each.find("/fd") != std::string::npos ? 1 : 0;
            }
            if (sockets != 1 || memories != 2 || bells != 2 || pipes != (TestType::name == "spawn" ? 1 : 0) ||
                sockets + memories + bells + pipes + listed != open.size()) {
              for (const auto& each : open)
                std::fprintf(stderr, "open in a worker: %s\n", each.c_str());
              return 1;
            }
          }
          return 0;
        }) == 0);
}

TEMPLATE_TEST_CASE("when the program is killed, its workers and what they forked end too", "", PROCESSES) {
  auto [here, there] = detail::socket_pair(SOCK_SEQPACKET);
  const pid_t program = ::fork();
  if (program == 0) {
    pool<TestType> p{2};
    std::vector<int> pids = p.with({.chunksize = 1}).map(pid_of, up_to(20));
    if constexpr (TestType::initializer == crossing::inherited) // the template, which sees to it
      pids.push_back(p.apply([] { return static_cast<int>(::getppid()); }));
    static_cast<void>(::send(there.get(), pids.data(), pids.size() * sizeof(int), 0));
    p.apply([] { return ::pause(); });
    ::_exit(0);
  }
  int pids[32] = {};
  const auto size = ::recv(here.get(), pids, sizeof pids, 0);
  REQUIRE(size > 0);
  std::vector<detail::descriptor> watches;
  for (const int pid : std::set<int>(pids, pids + static_cast<std::size_t>(size) / sizeof(int)))
    watches.push_back(detail::watch_process(pid));
  ::kill(program, SIGKILL);
  detail::reap(program);
  for (const auto& watch : watches)
    CHECK(ends(watch));
}

TEMPLATE_TEST_CASE("an application that ignores SIGCHLD or reaps all children does no harm", "", PROCESSES) {
  CHECK(in_child([] {
          ::signal(SIGCHLD, SIG_IGN);
          pool<TestType> p{2};
          if (!loses_worker(p, way::kill))
            return 1;
          return works(p) ? 0 : 2;
        }) == 0);
  CHECK(in_child([] {
          ::signal(SIGCHLD, [](int) {
            const int code = errno;
            while (::waitpid(-1, nullptr, WNOHANG) > 0) {
            }
            errno = code;
          });
          pool<TestType> p{2};
          if (!loses_worker(p, way::kill))
            return 1;
          return works(p) ? 0 : 2;
        }) == 0);
}

TEMPLATE_TEST_CASE("a program without standard descriptors can have pools", "", PROCESSES) {
  CHECK(in_child([] {
          for (const int fd : {0, 1, 2})
            ::close(fd);
          pool<TestType> p{2};
          return works(p) ? 0 : 1;
        }) == 0);
}

TEMPLATE_TEST_CASE("too few descriptors: start_failed says so, and nothing is left", "", PROCESSES) {
  CHECK(in_child([] {
          for (rlim_t more = 0; more < 20; ++more) {
            const auto open = static_cast<rlim_t>(entries("/proc/self/fd"));
            const rlimit few{open + more, 4096};
            ::setrlimit(RLIMIT_NOFILE, &few);
            bool failed = false;
            try {
              pool<TestType> p{8};
            } catch (const start_failed& e) {
              failed = std::string(e.what()).find("RLIMIT_NOFILE") != std::string::npos;
              if (!failed)
                std::fprintf(stderr, "%s\n", e.what());
            }
            const rlimit many{4096, 4096};
            ::setrlimit(RLIMIT_NOFILE, &many);
            if (!childless() || static_cast<rlim_t>(entries("/proc/self/fd")) != open)
              return 2;
            if (!failed && more < 8)
              return 3;
          }
          pool<TestType> p{2};
          return works(p) ? 0 : 4;
        }) == 0);
}

TEMPLATE_TEST_CASE("too few processes: start_failed says so, and nothing is left", "", PROCESSES) {
  CHECK(in_child([] {
          if (::getuid() == 0 && ::setresuid(54321, 54321, 54321) != 0) // root is not limited
            return 1;
          const rlimit few{2, 2}; // this process and one thread or process
          ::setrlimit(RLIMIT_NPROC, &few);
          try {
            pool<TestType> p{4};
            return 2;
          } catch (const start_failed& e) {
            if (std::string(e.what()).find("RLIMIT_NPROC") == std::string::npos)
              return 3;
          }
          return childless() ? 0 : 4;
        }) == 0);
}

TEMPLATE_TEST_CASE("a pool in a process forked by the application neither answers nor harms", "", PROCESSES) {
  pool<TestType> p{2};
  CHECK(in_child([&] {
          try {
            p.apply(square, 1);
            return 1;
          } catch (const pool_closed&) {
          }
          p.~pool();
          pool<TestType> own{1};
          return own.apply(square, 3) == 9 ? 0 : 2;
        }) == 0);
  CHECK(works(p));
}

TEMPLATE_TEST_CASE("what the program registered for its exit does not run in workers", "", PROCESSES) {
  CHECK(in_child([] {
          static const pid_t program = ::getpid();
          const auto end_the_program = [] {
            if (::getpid() != program)
              ::kill(program, SIGKILL);
          };
          std::atexit(end_the_program);
          std::at_quick_exit(end_the_program);
          pool<TestType> p{{.workers = 1, .max_tasks_per_worker = 2}};
          if (!loses_worker(p, way::exit) || !loses_worker(p, way::quick_exit))
            return 1;
          return works(p) ? 0 : 2;
        }) == 0);
}

TEMPLATE_TEST_CASE("what was printed and not yet written is written once", "", PROCESSES) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  CHECK(in_child([&] {
          ::dup2(ends[1], STDOUT_FILENO);
          ::close(ends[0]);
          std::setvbuf(stdout, nullptr, _IOFBF, 4096);
          std::printf("parent ");
          {
            pool<TestType> p{{.workers = 2, .max_tasks_per_worker = 1}};
            p.map([](int) { std::printf("task "); }, up_to(3));
          }
          std::fflush(stdout);
          return 0;
        }) == 0);
  ::close(ends[1]);
  std::string text(4096, '\0');
  std::size_t size = 0;
  while (const auto n = ::read(ends[0], text.data() + size, text.size() - size))
    size += static_cast<std::size_t>(n);
  ::close(ends[0]);
  text.resize(size);
  std::multiset<std::string> words;
  for (std::istringstream in(text); in >> text;)
    words.insert(text);
  CHECK(words == std::multiset<std::string>{"parent", "task", "task", "task"});
}

TEMPLATE_TEST_CASE("pools can be made while other threads allocate and print", "", PROCESSES) {
  std::atomic<bool> stop = false;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&] {
      while (!stop) {
        std::string text(100, 'x');
        std::fprintf(stderr, "%s", text.substr(100).c_str());
      }
    });
  for (int i = 0; i < 10; ++i) {
    pool<TestType> p{2};
    CHECK(works(p));
  }
  stop = true;
  for (auto& each : threads)
    each.join();
}

TEMPLATE_TEST_CASE("what a task forked ends with its worker", "", PROCESSES) {
  pool<TestType> p{1};
  const int grandchild = p.apply([] {
    const pid_t pid = ::fork();
    if (pid == 0)
      for (;;)
        ::pause();
    return static_cast<int>(pid);
  });
  const auto watch = detail::watch_process(grandchild);
  p.close();
  p.join();
  CHECK(ends(watch));
}

TEMPLATE_TEST_CASE("process pools may be nested, and close nothing that is not theirs", "", PROCESSES) {
  pool<TestType> p{2};
  const auto sum = [](int x) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::tmpfile(), std::fclose};
    pool<crosspool::fork> forked{2, [](std::FILE* f) { std::fputs("inherited", f), std::fflush(f); }, file.get()};
    pool<crosspool::spawn> spawned{1};
    const auto a = forked.map(square, {x, x + 1});
    return a[0] + a[1] + spawned.apply(square, x) + static_cast<int>(std::ftell(file.get()) >= 0);
  };
  CHECK(p.map(sum, {1, 2}) == std::vector{1 + 4 + 1 + 1, 4 + 9 + 4 + 1});
}

TEMPLATE_TEST_CASE("a pool ends though a process that the application forked holds its descriptors", "", PROCESSES) {
  auto [here, there] = detail::socket_pair(SOCK_STREAM);
  pid_t other = 0;
  {
    pool<TestType> p{2};
    CHECK(works(p));
    other = ::fork();
    if (other == 0) {
      char byte = 0;
      ::_exit(::recv(there.get(), &byte, 1, 0) == 1 ? 0 : 1);
    }
  } // ends while the other process waits
  REQUIRE(::send(here.get(), "x", 1, 0) == 1);
  CHECK(detail::reap(other) == 0);
}

#ifdef __SANITIZE_ADDRESS__
constexpr bool malloc_may_end_the_process = true; // as a sanitizer's does without memory for itself
#else
constexpr bool malloc_may_end_the_process = false;
#endif

TEMPLATE_TEST_CASE("a worker without memory for what it is sent says so, and goes on", "", PROCESSES) {
  CHECK(in_child([] {
          static const pid_t program = ::getpid();
          try {
            pool<TestType> p{1, [] {
                               const rlimit few{64U << 20U, 64U << 20U};
                               ::setrlimit(RLIMIT_AS, &few);
                             }};
            try {
              p.apply([](const std::string& s) { return s.size(); }, std::string(200U << 20U, 'x'));
              return 1;
            } catch (const std::bad_alloc&) {
            } catch (const worker_died&) {
              return malloc_may_end_the_process ? 0 : 3;
            }
            if (!works(p))
              return 2;
          } catch (const start_failed&) { // a sanitizer does not live with so little
          }
          if (::getpid() != program)
            ::kill(program, SIGKILL);
          return 0;
        }) == 0);
}

TEMPLATE_TEST_CASE("a replacement that cannot start for want of descriptors leaves the other workers at work", "",
                   PROCESSES) {
  CHECK(in_child([] {
          pool<TestType> p{2};
          const rlimit none{static_cast<rlim_t>(entries("/proc/self/fd")) - 1, 4096};
          ::setrlimit(RLIMIT_NOFILE, &none);
          if (!loses_worker(p, way::kill))
            return 1;
          for (int i = 0; i < 20; ++i)
            if (p.apply(square, i) != i * i)
              return 2;
          return 0;
        }) == 0);
}

TEMPLATE_TEST_CASE("a task that leaves its process group can still be ended", "", PROCESSES) {
  pool<TestType> p{1};
  auto f = p.apply_async([] {
    ::setpgid(0, ::getpgid(::getppid()));
    for (;;)
      ::pause();
  });
  p.terminate();
  p.join();
  CHECK_THROWS_AS(f.get(), cancelled);
}

// ---- leaks ----

#if defined __SANITIZE_ADDRESS__
#define HAS_LEAK_CHECK
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define HAS_LEAK_CHECK
#endif
#endif
#ifdef HAS_LEAK_CHECK
#include <sanitizer/lsan_interface.h>

namespace {
std::vector<std::string> words(int x) {
  if (x % 10 == 7)
    throw std::runtime_error("seven");
  return std::vector<std::string>(static_cast<std::size_t>(x % 50), "a word that is too long to be kept in place");
}
int leaks(int) {
  return __lsan_do_recoverable_leak_check();
}
} // namespace

// A worker's end is _exit, at which nothing looks for leaks.
TEMPLATE_TEST_CASE("a worker leaks nothing", "", PROCESSES) {
  pool<TestType> p(1);
  static_cast<void>(p.try_map(words, up_to(1000)));
  static_cast<void>(p.map(square, up_to(40'000)));
  CHECK(p.apply(leaks, 0) == 0);
}
#endif

// ---- limits of time ----

namespace {
// Says that it has begun, with a line, and stays.
struct Stay {
  int at;
  std::string file;
  int operator()(int x) const {
    if (x != at)
      return x;
    std::FILE* const to = std::fopen(file.c_str(), "a");
    std::fprintf(to, "%d\n", x);
    std::fclose(to);
    for (;;)
      ::pause();
  }
};
} // namespace

TEMPLATE_TEST_CASE("an item whose time is over is run once, however the items before it were sent", "", PROCESSES) {
  const auto file =
      (std::filesystem::temp_directory_path() / ("crosspool-begun-" + std::to_string(::getpid()))).string();
  pool<TestType> p(2);
  const int at = GENERATE(0, 1, 2, 3, 10, 100);
  const auto outcomes = p.with({.timeout = std::chrono::milliseconds(500)}).try_map(Stay{at, file}, up_to(200));
  std::ifstream begun(file);
  std::string line;
  int times = 0;
  while (std::getline(begun, line))
    ++times;
  std::filesystem::remove(file);
  CHECK(times == 1);
  CHECK_THROWS_AS(outcomes[static_cast<std::size_t>(at)].value(), task_timed_out);
  CHECK(std::count_if(outcomes.begin(), outcomes.end(), [](const auto& each) { return each.has_value(); }) == 199);
}
