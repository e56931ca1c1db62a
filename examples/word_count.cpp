// A real job: counts the words of all text files in some folders, by a plain loop and by each policy, and compares the
// tables and the times.
//
//   word_count [--policy thread|fork|spawn|all] [--workers N] [--top N] [folder or file …]
//
// Without folders it reads the licence texts that a Debian system ships.
#include <crosspool/crosspool.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unistd.h>
#include <unordered_map>
#include <vector>

namespace fs = std::filesystem;

// ---- the job ----

// Crosses as it is: an aggregate of things that cross.
struct WordCount {
  std::string word;
  long count = 0;
};

// One file's words. Nothing, if it cannot be read or is no text.
std::vector<WordCount> count_words(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (text.find('\0') != std::string::npos)
    return {};
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

// ---- four ways to do it ----

class Progress {
public:
  Progress(std::string_view name, std::size_t total) : name_(name), total_(total) {}
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() {
    if (on_terminal_)
      std::fputs("\r\033[K", stderr);
  }
  void advance(std::size_t files) {
    done_ += files;
    if (on_terminal_)
      std::fprintf(stderr, "\r%.*s: %zu of %zu files", static_cast<int>(name_.size()), name_.data(), done_, total_);
  }

private:
  std::string_view name_;
  std::size_t total_;
  std::size_t done_ = 0;
  bool on_terminal_ = ::isatty(STDERR_FILENO) == 1;
};

Table by_plain_loop(const std::vector<std::string>& paths) {
  Progress progress("plain loop", paths.size());
  Table table;
  for (const auto& path : paths) {
    add_to(table, count_words(path));
    progress.advance(1);
  }
  return table;
}

template <class Policy> Table by_pool(const std::vector<std::string>& paths, int workers) {
  Progress progress(Policy::name, paths.size());
  crosspool::pool<Policy> pool{workers};
  // In batches, so that the table grows, and the progress is seen, while the workers go on.
  constexpr std::size_t batch = 64;
  std::vector<crosspool::future<std::vector<std::vector<WordCount>>>> batches;
  for (auto rest = std::span(paths); !rest.empty(); rest = rest.subspan(std::min(batch, rest.size())))
    batches.push_back(pool.map_async(count_words, rest.first(std::min(batch, rest.size()))));
  Table table;
  for (auto& each : batches) {
    const auto files = each.get();
    for (const auto& counts : files)
      add_to(table, counts);
    progress.advance(files.size());
  }
  return table;
}

// ---- the program ----

struct Options {
  std::string policy = "all";
  int workers = crosspool::available_cpus();
  int top = 10;
  std::vector<fs::path> folders;
};

int number(const std::string& option, const std::string& text) {
  int value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() || value < 1)
    throw std::invalid_argument(option + " takes a number from 1 on, not '" + text + "'");
  return value;
}

Options parse(const std::vector<std::string>& arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto& argument = arguments[i];
    if (!argument.starts_with("--")) {
      options.folders.emplace_back(argument);
      continue;
    }
    if (i + 1 == arguments.size())
      throw std::invalid_argument(argument + " takes a value");
    const auto& value = arguments[++i];
    if (argument == "--policy")
      options.policy = value;
    else if (argument == "--workers")
      options.workers = number(argument, value);
    else if (argument == "--top")
      options.top = number(argument, value);
    else
      throw std::invalid_argument("there is no option " + argument);
  }
  if (constexpr std::string_view known[] = {"thread", "fork", "spawn", "all"};
      std::find(std::begin(known), std::end(known), options.policy) == std::end(known))
    throw std::invalid_argument("there is no policy '" + options.policy + "': thread, fork, spawn or all");
  return options;
}

std::vector<std::string> files_in(const std::vector<fs::path>& folders) {
  std::vector<std::string> files;
  for (const auto& folder : folders) {
    if (fs::is_regular_file(folder))
      files.push_back(folder.string());
    else // an error here, as of a folder that is not there, is the user's to see
      for (const auto& entry : fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied))
        if (entry.is_regular_file() && !entry.is_symlink())
          files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// Debian's licence texts: the common ones, and what each package adds.
std::vector<std::string> licence_texts() {
  std::vector<fs::path> found{"/usr/share/common-licenses"};
  for (const auto& package : fs::directory_iterator("/usr/share/doc"))
    if (const auto file = package.path() / "copyright"; fs::is_regular_file(file))
      found.push_back(file);
  return files_in(found);
}

void print_top(const Table& table, int top) {
  std::vector<WordCount> words;
  for (const auto& [word, count] : table)
    words.push_back({word, count});
  const auto shown = words.begin() + std::min<std::ptrdiff_t>(top, std::ssize(words));
  std::partial_sort(words.begin(), shown, words.end(), [](const WordCount& a, const WordCount& b) {
    return a.count != b.count ? a.count > b.count : a.word < b.word;
  });
  for (auto at = words.begin(); at != shown; ++at)
    std::printf("%10ld  %s\n", at->count, at->word.c_str());
}

int run(const Options& options) {
  const auto paths = options.folders.empty() ? licence_texts() : files_in(options.folders);
  std::printf("%zu files, %d workers\n", paths.size(), options.workers);

  const auto timed = [](const std::function<Table()>& count) {
    const auto start = std::chrono::steady_clock::now();
    auto table = count();
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    return std::pair(std::move(table), took.count());
  };
  const auto plain_loop = timed([&] { return by_plain_loop(paths); });
  print_top(plain_loop.first, options.top);
  std::printf("%-12s %9.1f ms\n", "plain loop", plain_loop.second);

  bool same = true;
  const auto compare = [&]<class Policy>(Policy) {
    if (options.policy != "all" && options.policy != Policy::name)
      return;
    const auto [table, time] = timed([&] { return by_pool<Policy>(paths, options.workers); });
    const bool equal = table == plain_loop.first;
    same = same && equal;
    std::printf("%-12s %9.1f ms  %.2f times the plain loop's speed%s\n", std::string(Policy::name).c_str(), time,
                plain_loop.second / time, equal ? ", the same table" : ", ANOTHER TABLE");
  };
  compare(crosspool::thread{});
  compare(crosspool::fork{});
  compare(crosspool::spawn{});
  return same ? 0 : 1;
}

int main(int argc, char** argv) {
  crosspool::init(argc, argv);
  try {
    return run(parse({argv + 1, argv + argc}));
  } catch (const std::exception& e) {
    std::fprintf(stderr, "word_count: %s\n", e.what());
    return 2;
  }
}
