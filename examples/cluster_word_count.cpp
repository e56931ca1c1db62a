// The word count on more than one machine: the job of word_count.cpp, and of the program one line differs, that of the
// pool, and its header. On one machine that line is: crosspool::fork_pool pool{workers};
//
//   mpirun -n 3 cluster_word_count [folder or file …]
//
// counts on two ranks for the third, and without mpirun here alone. The files are to be the same on all machines, as on
// a file system that they share. Without folders it reads the licence texts that a Debian system ships.
#include <crosspool/mpi.hpp>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace fs = std::filesystem;

struct WordCount {
  std::string word;
  long count = 0;
};

// One file's words.
std::vector<WordCount> count_words(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::unordered_map<std::string, long> counts;
  const auto is_letter = [](unsigned char c) { return std::isalpha(c) != 0 || c >= 0x80; };
  for (auto at = text.begin(); (at = std::find_if(at, text.end(), is_letter)) != text.end();) {
    const auto end = std::find_if_not(at, text.end(), is_letter);
    std::string word(at, end);
    std::transform(word.begin(), word.end(), word.begin(),
                   [](unsigned char c) { return static_cast<char>(c < 0x80 ? std::tolower(c) : c); });
    ++counts[word];
    at = end;
  }
  std::vector<WordCount> all;
  all.reserve(counts.size());
  for (const auto& [word, count] : counts)
    all.push_back({word, count});
  return all;
}

using Table = std::map<std::string, long>;

void add_to(Table& table, const std::vector<WordCount>& counts) {
  for (const auto& [word, count] : counts)
    table[word] += count;
}

std::vector<std::string> files_in(const std::vector<fs::path>& folders) {
  std::vector<std::string> files;
  for (const auto& folder : folders) {
    if (fs::is_regular_file(folder))
      files.push_back(folder.string());
    else
      for (const auto& entry : fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied))
        if (entry.is_regular_file() && !entry.is_symlink())
          files.push_back(entry.path().string());
  }
  return files;
}

std::vector<std::string> licence_texts() {
  std::vector<fs::path> found{"/usr/share/common-licenses"};
  for (const auto& package : fs::directory_iterator("/usr/share/doc"))
    if (const auto file = package.path() / "copyright"; fs::is_regular_file(file))
      found.push_back(file);
  return files_in(found);
}

int main(int argc, char** argv) {
  crosspool::init(argc, argv); // all ranks but 0 stay here
  const auto paths = argc > 1 ? files_in({argv + 1, argv + argc}) : licence_texts();

  const int workers = 2; // of each rank that counts
  crosspool::mpi_pool pool{workers};
  Table table;
  for (const auto& counts : pool.imap_unordered(count_words, paths))
    add_to(table, counts);

  Table expected;
  for (const auto& path : paths)
    add_to(expected, count_words(path));
  long words = 0;
  for (const auto& [word, count] : table)
    words += count;
  std::printf("%zu files, %d workers: %ld words, %zu of them different%s\n", paths.size(), pool.workers(), words,
              table.size(), table == expected ? "" : ": NOT WHAT A PLAIN LOOP COUNTS");
  return table == expected ? 0 : 1;
}
