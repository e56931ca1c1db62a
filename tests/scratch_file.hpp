// A file that workers of any kind can write to, for what they have to say when nobody asks any more.
#ifndef CROSSPOOL_TESTS_SCRATCH_FILE_HPP
#define CROSSPOOL_TESTS_SCRATCH_FILE_HPP

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>
#include <vector>

class ScratchFile {
public:
  ScratchFile() : name_((std::filesystem::temp_directory_path() / "crosspool-XXXXXX").string()) {
    ::close(::mkstemp(name_.data()));
  }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  ~ScratchFile() { std::filesystem::remove(name_); }

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::vector<std::string> lines() const {
    std::vector<std::string> all;
    std::ifstream from(name_);
    for (std::string line; std::getline(from, line);)
      all.push_back(line);
    return all;
  }

private:
  std::string name_;
};

#endif
