// What tasks of any policy leave behind, one byte at a time, and how a test holds them up: files in a folder of its
// own.
#ifndef CROSSPOOL_TESTS_JOURNAL_HPP
#define CROSSPOOL_TESTS_JOURNAL_HPP

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <unistd.h>

#include "catch.hpp"

class journal {
public:
  journal() : folder_((std::filesystem::temp_directory_path() / "crosspool-journal-XXXXXX").string()) {
    REQUIRE(::mkdtemp(folder_.data()) != nullptr);
    std::ofstream(folder_ + "/notes").flush();
  }
  journal(const journal&) = delete;
  journal& operator=(const journal&) = delete;
  ~journal() { std::filesystem::remove_all(folder_); }

  /// To be given to tasks.
  [[nodiscard]] const std::string& path() const { return folder_; }

  [[nodiscard]] std::string notes() const {
    std::ifstream file(folder_ + "/notes", std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void wait_for_notes(std::size_t count) const {
    while (notes().size() < count)
      std::this_thread::yield();
  }
  /// Lets through those who wait at the gate.
  void open_gate() const { std::ofstream(folder_ + "/gate").flush(); }

private:
  std::string folder_;
};

// In a task.
inline void note(const std::string& path, char what) {
  const int fd = ::open((path + "/notes").c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  static_cast<void>(!::write(fd, &what, 1));
  ::close(fd);
}
inline void wait_at_gate(const std::string& path) {
  while (std::filesystem::exists(path) && !std::filesystem::exists(path + "/gate"))
    std::this_thread::yield();
}

#endif
