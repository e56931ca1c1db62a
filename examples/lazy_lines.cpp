// A file that need not fit into memory: its lines are mapped in constant memory, as a stream pulls no more of them than
// its bounds allow. Here a text of 64 MiB is made, its words are counted with 2 MiB under way, and what that took is
// compared.
#include <crosspool/crosspool.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <ranges>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <unistd.h>
#include <utility>

// std::ranges::istream_view reads words; of these it reads lines.
struct Line {
  std::string text;
  friend std::istream& operator>>(std::istream& from, Line& to) { return std::getline(from, to.text); }
};

long count_words(std::string_view line) {
  long words = 0;
  for (std::size_t at = 0; (at = line.find_first_not_of(' ', at)) != std::string_view::npos; at = line.find(' ', at))
    ++words;
  return words;
}

// The most memory that this process has had, in MiB.
long peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

// A file that is gone with it.
class Text {
public:
  explicit Text(long lines) {
    std::ofstream file(path_);
    for (long i = 0; i < lines; ++i)
      file << "line " << i << " of a text that is made of lines of eighteen words each, as is easily counted\n";
  }
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;
  ~Text() { std::filesystem::remove(path_); }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
  std::filesystem::path path_ = std::filesystem::temp_directory_path() / ("lazy_lines_" + std::to_string(::getpid()));
};

int main(int argc, char** argv) {
  crosspool::init(argc, argv);
  constexpr long lines = 750'000;
  const Text text(lines);
  const auto size = static_cast<long>(std::filesystem::file_size(text.path()) >> 20U);

  crosspool::fork_pool pool;
  const auto before = peak_memory();
  std::ifstream file(text.path());
  auto all = std::ranges::istream_view<Line>(file) |
             std::views::transform([](Line& line) { return std::move(line.text); });
  long words = 0;
  for (const long& count : pool.with({.max_bytes_in_flight = 2U << 20U}).imap(count_words, all))
    words += count;

  const auto grown = peak_memory() - before;
  std::printf("%ld words in %ld MiB, with %ld MiB more memory than before\n", words, size, grown);
  return words == 18 * lines && grown < size / 2 ? 0 : 1;
}
