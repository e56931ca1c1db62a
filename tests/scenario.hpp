// Test programs that start themselves anew as a program of another kind: a scenario, which a test runs apart from
// itself, kills, interrupts or gives a terminal of its own.
#ifndef CROSSPOOL_TESTS_SCENARIO_HPP
#define CROSSPOOL_TESTS_SCENARIO_HPP

#include <crosspool/os/process.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace scenario {

using arguments = std::vector<std::string>;

/// All of this program's, by name.
inline std::map<std::string, std::function<int(const arguments&)>>& all() {
  static std::map<std::string, std::function<int(const arguments&)>> known;
  return known;
}

/// Adds one, at namespace scope.
struct add {
  add(const char* name, std::function<int(const arguments&)> run) { all()[name] = std::move(run); }
};

/// For main: the status of the scenario that the program was started for, or -1.
inline int run(int argc, char** argv) {
  if (argc < 3 || argv[1] != std::string("scenario"))
    return -1;
  return all().at(argv[2])(arguments(argv + 3, argv + argc));
}

/// Becomes that scenario, in the place of the process that calls. The descriptors above `keep` are closed.
[[noreturn]] inline void become(const arguments& of, int keep = STDERR_FILENO) {
  for (int fd = keep + 1; fd < 1024; ++fd)
    ::close(fd);
  arguments words{"program", "scenario"};
  words.insert(words.end(), of.begin(), of.end());
  std::vector<char*> argv;
  for (auto& each : words)
    argv.push_back(each.data());
  argv.push_back(nullptr);
  ::execv("/proc/self/exe", argv.data());
  ::_exit(99);
}

/// Writes a line to standard output, at once and in one piece.
inline void say(const std::string& text) {
  const auto line = text + "\n";
  static_cast<void>(!::write(STDOUT_FILENO, line.data(), line.size()));
}

/// Whether these words come this often into the text, which read_more() makes longer, or says that it cannot.
template <class Read>
bool come_often(const std::string& text, const std::string& words, int times, const Read& read_more) {
  const auto come = [&] {
    int found = 0;
    for (auto at = text.find(words); at != std::string::npos; at = text.find(words, at + words.size()))
      ++found;
    return found >= times;
  };
  while (!come())
    if (!read_more())
      return false;
  return true;
}

/// A scenario that runs, seen from the test. What it and its descendants write to standard output and error comes here;
/// as they all hold the pipe open, its end says that they are gone.
class running {
public:
  /// prepare: runs in the new process first.
  explicit running(const arguments& of, const std::function<void()>& prepare = [] {}) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
      throw std::runtime_error("no pipe");
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::dup2(ends[1], STDERR_FILENO);
      prepare();
      become(of);
    }
    ::close(ends[1]);
    out_ = crosspool::detail::descriptor(ends[0]);
    watch_ = crosspool::detail::watch_process(pid_);
  }
  running(const running&) = delete;
  running& operator=(const running&) = delete;
  ~running() {
    if (pid_ != 0) {
      ::kill(pid_, SIGKILL);
      crosspool::detail::reap(pid_);
    }
  }

  [[nodiscard]] pid_t pid() const { return pid_; }
  void send(int signal) const { ::kill(pid_, signal); }

  /// Whether these words have come this often, within half a minute.
  bool says(const std::string& words, int times = 1) {
    return come_often(text_, words, times,
                      [&, end = clock::now() + std::chrono::seconds(30)] { return read_some(end); });
  }

  /// Whether all who hold the pipe are gone within ten seconds. One is hoped for, but the machine may be busy.
  bool all_gone() {
    const auto end = clock::now() + std::chrono::seconds(10);
    while (read_some(end)) {
    }
    return ended_;
  }

  /// The wait status, or -1 if it has not ended within half a minute.
  int status() {
    ::pollfd polled{watch_.get(), POLLIN, 0};
    if (::poll(&polled, 1, 30'000) != 1)
      return -1;
    return crosspool::detail::reap(std::exchange(pid_, 0));
  }

  [[nodiscard]] const std::string& text() const { return text_; }

private:
  using clock = std::chrono::steady_clock;

  bool read_some(clock::time_point end) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - clock::now()).count();
    ::pollfd polled{out_.get(), POLLIN, 0};
    if (ended_ || left <= 0 || ::poll(&polled, 1, static_cast<int>(left)) != 1)
      return false;
    char part[4096];
    const auto n = ::read(out_.get(), part, sizeof part);
    if (n <= 0)
      ended_ = true;
    else
      text_.append(part, static_cast<std::size_t>(n));
    return n > 0;
  }

  pid_t pid_ = 0;
  crosspool::detail::descriptor out_;
  crosspool::detail::descriptor watch_;
  std::string text_;
  bool ended_ = false;
};

} // namespace scenario

#endif
