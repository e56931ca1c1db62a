// Limits of processes, descriptors, memory and file sizes: a pool that meets one says so, leaves nothing behind, and is
// in a defined state. And what many pools, one after the other or one inside the other, leave or take.
#include <crosspool/crosspool.hpp>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <malloc.h>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

#include "catch.hpp"
#include "child.hpp"
#include "numbers.hpp"

using namespace crosspool;

namespace {

int die(int) {
  std::raise(SIGKILL);
  return 0;
}

template <class Pool> bool loses_worker(Pool& p) {
  try {
    p.apply(die, 1);
    return false;
  } catch (const worker_died&) {
    return true;
  }
}

void limit(__rlimit_resource resource, rlim_t soft) {
  rlimit now{};
  ::getrlimit(resource, &now);
  now.rlim_cur = soft < now.rlim_max ? soft : now.rlim_max;
  ::setrlimit(resource, &now);
}

// As many as a pool has open without its workers; poll() takes no more than are allowed.
void allow_no_more_descriptors() {
  limit(RLIMIT_NOFILE, 8);
}

// Root is not limited in its processes; and the limit is of all of a user's processes, so that each test is a user of
// its own, as long as it may be.
bool become_somebody() {
  return ::getuid() != 0 ||
         ::setresuid(static_cast<uid_t>(100'000 + ::getpid()), static_cast<uid_t>(100'000 + ::getpid()),
                     static_cast<uid_t>(100'000 + ::getpid())) == 0;
}

std::size_t threads() {
  return entries("/proc/self/task");
}

// A thread that has been joined may still be listed, and counted, for a moment.
bool threads_come_to(std::size_t n) {
  for (int i = 0; i < 1'000'000 && threads() != n; ++i)
    std::this_thread::yield();
  return threads() == n;
}

std::size_t lines_of(const char* file, const std::string& with) {
  std::ifstream in(file);
  std::size_t n = 0;
  for (std::string line; std::getline(in, line);)
    n += line.find(with) != std::string::npos ? 1 : 0;
  return n;
}

bool contains(const std::exception& e, const char* words) {
  if (std::string(e.what()).find(words) != std::string::npos)
    return true;
  std::fprintf(stderr, "it says: %s\n", e.what());
  return false;
}

// The status of f in a child that is a user of its own. 77: cannot be tried here.
template <class F> int as_somebody(F f) {
  const int status = in_child([&] {
    if (!become_somebody())
      return 77;
    limit(RLIMIT_NPROC, 1);
    if (const pid_t pid = ::fork(); pid >= 0) { // not limited all the same, as in some containers
      if (pid == 0)
        ::_exit(0);
      detail::reap(pid);
      return 77;
    }
    return f();
  });
  if (status != 77)
    return status;
  WARN("skipped: this system does not limit the number of processes");
  return 0;
}

} // namespace

// ---- processes ----

TEMPLATE_TEST_CASE("whatever number of processes and threads is allowed, a pool works or says what it lacks", "",
                   crosspool::fork, crosspool::spawn, crosspool::thread) {
  CHECK(as_somebody([] {
          bool failed = false, worked = false;
          for (rlim_t allowed = 1; allowed < 12; ++allowed) {
            limit(RLIMIT_NPROC, allowed);
            try {
              pool<TestType> p{4};
              worked = true;
              if (!works(p))
                return 1;
            } catch (const start_failed& e) {
              failed = true;
              if (TestType::initializer != crossing::shared && !contains(e, "RLIMIT_NPROC"))
                return 2;
            }
            if (!threads_come_to(1))
              return 3;
            if (!childless())
              return 4;
          }
          return failed && worked ? 0 : 5;
        }) == 0);
}

TEMPLATE_TEST_CASE(
    "a worker that cannot be replaced for want of processes leaves the others at work; the last says why", "",
    crosspool::fork, crosspool::spawn) {
  CHECK(as_somebody([] {
          limit(RLIMIT_NPROC, 100);
          {
            pool<TestType> p{3};
            limit(RLIMIT_NPROC, 1);
            if (TestType::initializer == crossing::inherited) { // it is the template that forks
              const rlimit one{1, 100};
              ::prlimit(p.apply([] { return static_cast<int>(::getppid()); }), RLIMIT_NPROC, &one, nullptr);
            }
            for (int i = 0; i < 2; ++i) {
              if (!loses_worker(p))
                return 1;
              if (!works(p))
                return 2;
            }
            if (!loses_worker(p))
              return 3;
            try {
              works(p);
              return 4;
            } catch (const start_failed& e) {
              if (!contains(e, "RLIMIT_NPROC"))
                return 5;
            }
          }
          if (!childless())
            return 6;
          limit(RLIMIT_NPROC, 100);
          pool<TestType> p{2};
          return works(p) ? 0 : 7;
        }) == 0);
}

// ---- descriptors ----

TEMPLATE_TEST_CASE("a pool that has started needs no more descriptors to work", "", crosspool::fork, crosspool::spawn,
                   crosspool::thread) {
  if (sanitized) {
    WARN("skipped: a sanitizer needs descriptors");
    return;
  }
  CHECK(in_child([] {
          pool<TestType> p{2};
          allow_no_more_descriptors();
          if (!works(p))
            return 1;
          auto f = p.map_async([](const std::string& s) { return s + s; },
                               std::vector<std::string>(20, std::string(100'000, 'x')));
          for (const auto& each : f.get())
            if (each.size() != 200'000)
              return 2;
          p.close();
          p.join();
          return childless() ? 0 : 3;
        }) == 0);
}

TEMPLATE_TEST_CASE("the last worker that cannot be replaced for want of descriptors says why", "", crosspool::fork,
                   crosspool::spawn) {
  if (sanitized) {
    WARN("skipped: a sanitizer needs descriptors");
    return;
  }
  CHECK(in_child([] {
          {
            pool<TestType> p{1};
            allow_no_more_descriptors();
            if (!loses_worker(p))
              return 1;
            for (int i = 0; i < 2; ++i)
              try {
                works(p);
                return 2;
              } catch (const start_failed& e) {
                if (!contains(e, "RLIMIT_NOFILE"))
                  return 3;
              }
          }
          limit(RLIMIT_NOFILE, 1024);
          pool<TestType> p{2};
          return works(p) ? 0 : 4;
        }) == 0);
}

TEMPLATE_TEST_CASE("with more workers than descriptors may be waited for, a pool fails and says why", "",
                   crosspool::fork, crosspool::spawn) {
  if (sanitized) {
    WARN("skipped: a sanitizer needs descriptors");
    return;
  }
  CHECK(in_child([] {
          pool<TestType> p{12};
          allow_no_more_descriptors();
          try {
            for (;;) // until the service thread has noticed, which looks after calls that nobody waits for
              if (p.apply_async(square, 3).get() != 9)
                return 1;
          } catch (const start_failed& e) {
            return contains(e, "wait for the workers") ? 0 : 2;
          }
        }) == 0);
}

// ---- memory ----

TEMPLATE_TEST_CASE("whatever range of addresses is allowed, a pool works or says what it lacks", "", crosspool::fork,
                   crosspool::spawn, crosspool::thread) {
  if (sanitized) {
    WARN("skipped: a sanitizer does not live with few addresses");
    return;
  }
  CHECK(in_child([] {
          std::ifstream in("/proc/self/statm");
          rlim_t now = 0;
          in >> now;
          now *= static_cast<rlim_t>(::sysconf(_SC_PAGESIZE));
          bool failed = false, worked = false;
          for (rlim_t more = 0; more <= (rlim_t{1} << 30U); more = more == 0 ? rlim_t{1} << 16U : 2 * more) {
            limit(RLIMIT_AS, now + more);
            try {
              pool<TestType> p{3};
              worked = true;
              if (!works(p))
                return 1;
              // Enough is left for the application and for the tasks.
              std::string own(static_cast<std::size_t>(more) / 4, 'x');
              if (p.apply([](std::size_t n) { return std::string(n, 'x').size(); }, own.size()) != own.size())
                return 5;
            } catch (const start_failed&) {
              failed = true;
            } catch (const std::bad_alloc&) {
              failed = true;
            }
            limit(RLIMIT_AS, RLIM_INFINITY);
            if (!threads_come_to(1))
              return 2;
            if (!childless())
              return 3;
          }
          return failed && worked ? 0 : 4;
        }) == 0);
}

TEMPLATE_TEST_CASE("an argument for which there is no memory fails its call, and the pool goes on", "", crosspool::fork,
                   crosspool::spawn) {
  if (sanitized) {
    WARN("skipped: a sanitizer ends the process");
    return;
  }
  CHECK(in_child([] {
          pool<TestType> p{2};
          const std::string large(100U << 20U, 'x');
          std::ifstream in("/proc/self/statm");
          rlim_t now = 0;
          in >> now;
          limit(RLIMIT_AS, now * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE)) + (10U << 20U));
          // What is sent lies in memory that was mapped from the start. What comes back has to be had here.
          for (int i = 0; i < 3; ++i)
            try {
              p.apply([](const std::string& s) { return s; }, large);
              return 1;
            } catch (const std::bad_alloc&) {
            }
          return works(p) && p.apply([](const std::string& s) { return s.size(); }, large) == large.size() ? 0 : 2;
        }) == 0);
}

// ---- shared memory: its size is limited like a file's ----

TEMPLATE_TEST_CASE("whatever size of files is allowed, a pool works or says what it lacks", "", crosspool::fork,
                   crosspool::spawn) {
  CHECK(in_child([] {
          bool failed = false, worked = false;
          for (rlim_t allowed = 0; allowed <= (rlim_t{1} << 20U); allowed = allowed == 0 ? 4096 : 2 * allowed) {
            limit(RLIMIT_FSIZE, allowed);
            try {
              pool<TestType> p{2};
              worked = true;
              if (!works(p))
                return 1;
            } catch (const start_failed& e) {
              failed = true;
              if (!contains(e, "RLIMIT_FSIZE"))
                return 2;
            } catch (const std::bad_alloc&) {
              failed = true;
            }
            if (!childless())
              return 3;
          }
          return failed && worked ? 0 : 4;
        }) == 0);
}

TEMPLATE_TEST_CASE("what is larger than shared memory may become fails its item or call, and the pool goes on", "",
                   crosspool::fork, crosspool::spawn) {
  CHECK(in_child([] {
          limit(RLIMIT_FSIZE, 4U << 20U);
          pool<TestType> p{2};
          const int pid = p.apply([](int) { return this_worker::pid(); }, 0);
          for (int i = 0; i < 3; ++i) {
            try {
              p.apply([](const std::string& s) { return s.size(); }, std::string(8U << 20U, 'x'));
              return 1;
            } catch (const std::bad_alloc&) {
            }
            try { // the result does not fit
              p.apply([](std::size_t n) { return std::string(n, 'x'); }, std::size_t{8} << 20U);
              return 2;
            } catch (const std::bad_alloc&) {
            }
            try { // some do
              p.map([](std::size_t n) { return std::string(n, 'x'); },
                    std::vector<std::size_t>{1000, 8U << 20U, 1000, 1000});
              return 3;
            } catch (const std::bad_alloc&) {
            }
            if (!works(p))
              return 4;
          }
          // Nobody had to die for that.
          return ::kill(pid, 0) == 0 ? 0 : 5;
        }) == 0);
}

// ---- what pools leave ----

TEMPLATE_TEST_CASE("200 pools leave descriptors, threads, mappings, memory and processes as they were", "",
                   crosspool::fork, crosspool::spawn, crosspool::thread) {
  CHECK(in_child([] {
          const auto use_one = [](int i) {
            pool<TestType> p{{.workers = 2, .max_tasks_per_worker = i % 3 == 0 ? 20U : 0U}};
            if (!works(p))
              return false;
            if (i % 4 == 1) {
              auto f = p.map_async(square, up_to(100));
              p.terminate();
            }
            if (i % 4 == 2 && TestType::results == crossing::serialized)
              return loses_worker(p);
            return true;
          };
          for (int i = 0; i < 12; ++i)
            if (!use_one(i))
              return 1;
          if (!threads_come_to(1))
            return 2;
          const auto descriptors = entries("/proc/self/fd");
          const auto shared = lines_of("/proc/self/maps", "memfd:");
          const auto mappings = lines_of("/proc/self/maps", "");
          const auto allocated = ::mallinfo2().uordblks;
          for (int i = 0; i < 200; ++i)
            if (!use_one(i))
              return 3;
          if (!threads_come_to(1))
            return 4;
          if (!childless())
            return 5;
          if (entries("/proc/self/fd") != descriptors)
            return 6;
          if (shared != 0 || lines_of("/proc/self/maps", "memfd:") != 0)
            return 7;
          // The stacks and arenas of threads are kept for others by the C library, one or the other more or less.
          if (!sanitized && lines_of("/proc/self/maps", "") > mappings + 12)
            return 8;
          if (!sanitized && ::mallinfo2().uordblks > allocated + 20'000)
            return 9;
          return 0;
        }) == 0);
}

// ---- pools inside pools ----

namespace {
// Pools of both kinds take turns; the last but one has threads, too.
template <class P> int depth_reached(int more) {
  if (more == 0)
    return 0;
  using other = std::conditional_t<std::is_same_v<P, crosspool::fork>, crosspool::spawn, crosspool::fork>;
  if (more == 1) {
    thread_pool p{1};
    return 1 + p.apply(depth_reached<P>, more - 1);
  }
  pool<other> p{1};
  return 1 + p.apply(depth_reached<other>, more - 1);
}
template <class P> int depth_of(int more) {
  if (more == 0)
    return 0;
  pool<P> p{2};
  return 1 + p.map(depth_of<P>, std::vector<int>{more - 1}).front();
}
} // namespace

TEMPLATE_TEST_CASE("pools may be nested sixteen deep", "", crosspool::fork, crosspool::spawn, crosspool::thread) {
  CHECK(depth_of<TestType>(16) == 16);
  CHECK(depth_reached<TestType>(16) == 16);
  CHECK(childless());
}

TEMPLATE_TEST_CASE("pools nested deeper than processes suffice for say so", "", crosspool::fork, crosspool::spawn) {
  CHECK(as_somebody([] {
          limit(RLIMIT_NPROC, 20);
          try {
            depth_of<TestType>(30);
            return 1;
          } catch (const start_failed& e) {
            if (!contains(e, "RLIMIT_NPROC"))
              return 2;
          }
          return childless() ? 0 : 3;
        }) == 0);
}
