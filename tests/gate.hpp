// Tasks that wait, under any policy, until the test lets them go on.
#ifndef CROSSPOOL_TESTS_GATE_HPP
#define CROSSPOOL_TESTS_GATE_HPP

#include <crosspool/crosspool.hpp>

#include <atomic>
#include <fcntl.h>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

// A named pipe. The test keeps both its ends, so that to open it waits for nobody.
class Gate {
public:
  Gate() : path_(a_path()) {
    if (::mkfifo(path_.c_str(), 0600) != 0 || (end_ = ::open(path_.c_str(), O_RDWR | O_CLOEXEC)) < 0)
      throw std::runtime_error("no named pipe");
  }
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  ~Gate() {
    ::close(end_);
    std::filesystem::remove(path_);
  }

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  void let_through(int tasks) const {
    for (; tasks != 0; --tasks)
      if (::write(end_, "x", 1) != 1)
        throw std::runtime_error("a full pipe");
  }

private:
  static std::string a_path() {
    static std::atomic<int> made = 0;
    const auto name = "crosspool_gate_" + std::to_string(::getpid()) + '_' + std::to_string(made++);
    return (std::filesystem::temp_directory_path() / name).string();
  }

  std::string path_;
  int end_ = -1;
};

// The task.
inline int pass(const std::string& gate, int x) {
  const int end = ::open(gate.c_str(), O_RDONLY | O_CLOEXEC);
  char byte = 0;
  const bool passed = end >= 0 && ::read(end, &byte, 1) == 1;
  ::close(end);
  return passed ? x : -1;
}
inline int pass_and_throw(const std::string& gate, int x) {
  throw std::out_of_range(std::to_string(pass(gate, x)));
}

#endif
