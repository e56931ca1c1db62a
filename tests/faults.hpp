// What the tests that end workers have in common: the ways in which a worker can come to its end, memory in which
// workers note what they have done, and a guard that names what hung.
#ifndef CROSSPOOL_TESTS_FAULTS_HPP
#define CROSSPOOL_TESTS_FAULTS_HPP

#include <crosspool/crosspool.hpp>

#include <array>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <new>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <vector>

#ifdef __SANITIZE_ADDRESS__
#define CROSSPOOL_TESTS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CROSSPOOL_TESTS_ASAN 1
#endif
#endif
#ifdef CROSSPOOL_TESTS_ASAN
inline constexpr bool with_asan = true;
#else
inline constexpr bool with_asan = false;
#endif

namespace faults {

// ---- what workers and the test share ----

/// A page of a file, and a named pipe beside it.
struct notes {
  static constexpr std::size_t items = 4096;
  std::atomic<int> runs[items];   // how often each item was begun
  std::atomic<int> pid;           // of the worker that came to its end last
  std::atomic<int> failing_inits; // so many initializers are to fail
  std::atomic<int> inits;         // so many have run
  std::atomic<int> hung;          // so many items hang
  std::atomic<int> gate;          // items wait until it is not 0
  std::atomic<int> waiting;       // so many do
};
inline notes* noted = nullptr; // here, and in a worker after open_notes
inline std::string pipe_path;  // of a worker

inline notes* map_notes(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  void* const mapped = ::mmap(nullptr, sizeof(notes), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  ::close(fd);
  if (mapped == MAP_FAILED)
    throw std::runtime_error("no notes at " + path);
  return static_cast<notes*>(mapped);
}

/// Made by the test; its path goes to the workers' initializer.
class notebook {
public:
  notebook()
      : path_((std::filesystem::temp_directory_path() /
               ("crosspool-notes-" + std::to_string(::getpid()) + "-" + std::to_string(++made_)))
                  .string()) {
    const int fd = ::open(path_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || ::ftruncate(fd, sizeof(notes)) != 0 || ::mkfifo(pipe().c_str(), 0600) != 0)
      throw std::runtime_error("cannot make " + path_);
    ::close(fd);
    notes_ = map_notes(path_);
    reader_ = ::open(pipe().c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  }
  ~notebook() {
    ::close(reader_);
    ::munmap(notes_, sizeof(notes));
    ::unlink(path_.c_str());
    ::unlink(pipe().c_str());
  }
  notebook(const notebook&) = delete;
  notebook& operator=(const notebook&) = delete;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::string pipe() const { return path_ + ".pipe"; }
  notes* operator->() const noexcept { return notes_; }
  void forget_runs() const {
    for (auto& each : notes_->runs)
      each = 0;
    notes_->pid = notes_->hung = 0;
  }

  /// Whether within half a minute nobody holds the pipe to write any more.
  [[nodiscard]] bool is_let_go() const {
    char byte = 0;
    ::pollfd polled{reader_, POLLIN, 0};
    return ::read(reader_, &byte, 1) == 0 || (::poll(&polled, 1, 30'000) == 1 && ::read(reader_, &byte, 1) == 0);
  }

private:
  static inline std::atomic<int> made_ = 0;
  std::string path_;
  notes* notes_ = nullptr;
  int reader_ = -1;
};

/// For a worker's initializer.
inline void open_notes(const std::string& path) {
  noted = map_notes(path);
  pipe_path = path + ".pipe";
  constexpr rlimit none{0, 0}; // the ends are meant: nobody wants their core files
  ::setrlimit(RLIMIT_CORE, &none);
  std::set_terminate(std::abort); // nor words
  for (const int number : {SIGSEGV, SIGABRT, SIGBUS})
    ::signal(number, SIG_DFL); // a sanitizer has handlers of its own
}

// ---- ways to come to an end ----

enum class cause : int {
  sigkill,
  sigsegv,
  sigabrt,
  quick_exit,
  exit_0,
  exit_7,
  terminate,
  escapes,           // an exception, from a noexcept function
  stack_overflow,    //
  memory,            // what needs it bears that there is none
  memory_unbearable, // what needs it does not
  exit_elsewhere,    // by another thread of the worker
  hang,
  hang_blocked,   // with all signals blocked
  hang_with_child // and a process of its own, which blocks all signals
};
inline constexpr std::array signal_causes{cause::sigkill,   cause::sigsegv, cause::sigabrt,
                                          cause::terminate, cause::escapes, cause::stack_overflow};
inline constexpr std::array exit_causes{cause::quick_exit, cause::exit_0, cause::exit_7, cause::exit_elsewhere};
inline constexpr std::array memory_causes{cause::memory, cause::memory_unbearable};
inline constexpr std::array hang_causes{cause::hang, cause::hang_blocked, cause::hang_with_child};

struct known_end {
  const char* name;
  int signal;
  int status;
  const char* words; // of worker_died; null if it does not come to that
};
inline const known_end& end_by(cause what) {
  static constexpr known_end ends[] = {{"SIGKILL", SIGKILL, -1, "died by SIGKILL"},
                                       {"SIGSEGV", SIGSEGV, -1, "died by SIGSEGV"},
                                       {"SIGABRT", SIGABRT, -1, "died by SIGABRT"},
                                       {"_exit(3)", 0, 3, "exited with status 3"},
                                       {"exit(0)", 0, 0, "exited with status 0"},
                                       {"exit(7)", 0, 7, "exited with status 7"},
                                       {"std::terminate", SIGABRT, -1, "died by SIGABRT"},
                                       {"exception out of noexcept", SIGABRT, -1, "died by SIGABRT"},
                                       {"stack overflow", SIGSEGV, -1, "died by SIGSEGV"},
                                       {"out of memory", 0, -1, nullptr},
                                       {"out of memory in noexcept", SIGABRT, -1, "died by SIGABRT"},
                                       {"exit(5) of another thread", 0, 5, "exited with status 5"},
                                       {"hang", 0, -1, nullptr},
                                       {"hang with signals blocked", 0, -1, nullptr},
                                       {"hang with a child", 0, -1, nullptr}};
  return ends[static_cast<std::size_t>(what)];
}

// No compiler may see through these.
[[gnu::noinline]] inline int fall_deeper(int depth) {
  volatile char taken[4096];
  for (std::size_t at = 0; at < sizeof taken; at += 512)
    taken[at] = static_cast<char>(depth);
  static int (*volatile again)(int) = fall_deeper;
  return again(depth + 1) + taken[512];
}
inline void take_all_memory() {
  std::vector<std::unique_ptr<char[]>> all;
  for (std::size_t i = 0; i < std::size_t{1} << 16U; ++i) {
    all.push_back(std::make_unique<char[]>(std::size_t{1} << 20U));
    *static_cast<volatile char*>(all.back().get()) = 1;
  }
}
inline void block_all_signals() {
  sigset_t all;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
}
[[noreturn]] inline void wait_for_ever() {
  for (;;)
    ::pause();
}
inline void throw_something() {
  throw std::runtime_error("nobody catches this");
}
inline void let_escape() noexcept {
  static void (*volatile throws)() = throw_something;
  throws();
}

/// Ends this worker in that way, or hangs. Returns only by an exception.
inline void come_to_an_end(cause what, bool note_it = true) {
  if (note_it)
    noted->pid = static_cast<int>(::getpid());
  switch (what) {
  case cause::sigkill:
    std::raise(SIGKILL);
    break;
  case cause::sigsegv: {
    void* const forbidden = ::mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *static_cast<volatile char*>(forbidden) = 1;
    break;
  }
  case cause::sigabrt:
    std::abort();
  case cause::quick_exit:
    ::_exit(3);
  case cause::exit_0:
    std::exit(0);
  case cause::exit_7:
    std::exit(7);
  case cause::terminate:
    std::terminate();
  case cause::escapes:
    let_escape();
    break;
  case cause::stack_overflow: {
    rlimit limit{};
    ::getrlimit(RLIMIT_STACK, &limit);
    limit.rlim_cur = std::min(limit.rlim_max, rlim_t{8} << 20U); // it may have been unlimited
    ::setrlimit(RLIMIT_STACK, &limit);
    static volatile int depth = fall_deeper(0);
    static_cast<void>(depth);
    break;
  }
  case cause::memory:
    take_all_memory();
    break;
  case cause::memory_unbearable:
    []() noexcept { take_all_memory(); }();
    break;
  case cause::exit_elsewhere:
    std::thread([] { std::exit(5); }).join();
    break;
  case cause::hang:
  case cause::hang_blocked:
  case cause::hang_with_child: {
    static_cast<void>(::open(pipe_path.c_str(), O_WRONLY)); // whoever holds it lives
    if (what == cause::hang_with_child && ::fork() == 0) {
      block_all_signals();
      ++noted->hung;
      wait_for_ever();
    }
    if (what == cause::hang_blocked)
      block_all_signals();
    if (what != cause::hang_with_child)
      ++noted->hung;
    wait_for_ever();
  }
  }
  throw std::logic_error(std::string("survived: ") + end_by(what).name);
}

// ---- who hung ----

struct named_work {
  std::atomic<bool> under_way = false;
  char name[200] = {};
};
inline std::array<named_work, 16> all_work;

/// While it lives, what it names has a minute; after that the program says who was at work, and ends.
class guard {
public:
  explicit guard(const std::string& name) {
    ::signal(SIGALRM, [](int) {
      for (const auto& each : all_work)
        if (each.under_way) {
          say("\nhung: ");
          say(each.name);
        }
      say("\n");
      ::_exit(EXIT_FAILURE);
    });
    for (auto& each : all_work)
      if (!each.under_way.exchange(true)) {
        std::strncpy(each.name, name.c_str(), sizeof each.name - 1);
        mine_ = &each;
        break;
      }
    ::alarm(60);
  }
  ~guard() {
    if (mine_ != nullptr)
      mine_->under_way = false;
    ::alarm(0);
    for (const auto& each : all_work)
      if (each.under_way)
        ::alarm(60);
  }
  guard(const guard&) = delete;
  guard& operator=(const guard&) = delete;

private:
  static void say(const char* text) { static_cast<void>(!::write(STDERR_FILENO, text, std::strlen(text))); }

  named_work* mine_ = nullptr;
};

} // namespace faults

#endif
