// Draws the progress of a call on a terminal.
#ifndef CROSSPOOL_PROGRESS_BAR_HPP
#define CROSSPOOL_PROGRESS_BAR_HPP

#include <crosspool/os/terminal.hpp>
#include <crosspool/progress.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>

namespace CROSSPOOL_NAMESPACE {

namespace detail {

/// "9 s", "1:05", "2:03:04"
inline std::string clock_time(std::chrono::nanoseconds time) {
  const auto seconds = std::chrono::round<std::chrono::seconds>(time).count();
  const auto two_digits = [](long long n) { return (n < 10 ? ":0" : ":") + std::to_string(n); };
  if (seconds < 60)
    return std::to_string(seconds) + " s";
  if (seconds < 3600)
    return std::to_string(seconds / 60) + two_digits(seconds % 60);
  return std::to_string(seconds / 3600) + two_digits(seconds / 60 % 60) + two_digits(seconds % 60);
}

/// "0.25", "3.5", "1200"
inline std::string short_number(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", x < 1 ? 2 : x < 100 ? 1 : 0, std::min(x, 1e15));
  return text;
}

/// One line of so many columns, or less if its words take less without a bar.
inline std::string progress_line(const progress& p, std::size_t columns) {
  std::string words = std::to_string(p.done) + (p.total ? "/" + std::to_string(*p.total) : std::string());
  if (p.failed != 0)
    words += ", " + std::to_string(p.failed) + " failed";
  words += ", " + short_number(p.rate) + "/s, " + clock_time(p.elapsed);
  if (p.left && p.done != p.total)
    words += ", " + clock_time(*p.left) + " left";
  constexpr std::size_t around = 9; // "[] 100 % "
  constexpr std::size_t least = 8;
  if (!p.total || words.size() + around + least > columns)
    return words.substr(0, columns);
  const auto width = std::min<std::size_t>(columns - words.size() - around, 50);
  const double share = *p.total == 0 ? 1 : static_cast<double>(p.done) / static_cast<double>(*p.total);
  const auto full = std::min(static_cast<std::size_t>(share * static_cast<double>(width)), width);
  const auto percent = std::to_string(static_cast<int>(share * 100)); // 100 only when all are done
  return "[" + std::string(full, '=') + std::string(width - full, ' ') + "] " + std::string(3 - percent.size(), ' ') +
         percent + " % " + words;
}

} // namespace detail

/// For call_options.progress: one line on a terminal, drawn over again, with a bar where the number of items is known.
/// Where the stream is no terminal, nothing is written. Copies draw the same line.
class progress_bar {
public:
  /// stream: must outlast the bar.
  explicit progress_bar(std::FILE* stream = stderr) : line_(std::make_shared<line>(stream)) {}

  void operator()(const progress& p) const { line_->draw(p); }

private:
  class line {
  public:
    explicit line(std::FILE* stream) : stream_(stream), on_terminal_(detail::is_terminal(stream)) {}
    line(const line&) = delete;
    line& operator=(const line&) = delete;
    // The call may have ended by an exception; what is printed then begins on a line of its own.
    ~line() { end(); }

    void draw(const progress& p) {
      if (!on_terminal_)
        return;
      // Before the last column: a line that fills it would be broken there.
      const auto text = detail::progress_line(p, detail::columns_of(stream_) - 1);
      const auto rest = std::string(drawn_ > text.size() ? drawn_ - text.size() : 0, ' ');
      std::fprintf(stream_, "\r%s%s", text.c_str(), rest.c_str());
      std::fflush(stream_);
      drawn_ = text.size();
      if (p.done == p.total)
        end();
    }

  private:
    void end() {
      if (drawn_ == 0)
        return;
      drawn_ = 0;
      std::fputc('\n', stream_);
      std::fflush(stream_);
    }

    std::FILE* stream_;
    bool on_terminal_;
    std::size_t drawn_ = 0; // columns
  };

  std::shared_ptr<line> line_;
};

} // namespace CROSSPOOL_NAMESPACE

#endif
