// What worker processes print. It goes out line by line; or, where the program asks for it, through a pipe for each
// worker to a thread that takes the lines apart, and on to one that calls the program with them: so a callback that
// takes its time, or waits for the pool, keeps neither a worker nor the pool from going on.
#ifndef CROSSPOOL_PROCESSES_OUTPUT_HPP
#define CROSSPOOL_PROCESSES_OUTPUT_HPP

#include <crosspool/os/process.hpp>
#include <crosspool/processes/line_deliverer.hpp>

#include <cstddef>
#include <cstdio>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

/// In a worker, before anything is printed: each line is written as a whole when it ends, on standard error, too. to: a
/// descriptor that both then go to, if it is one of a pipe.
void print_by_lines(int to);

/// Writes the line that has been begun, if there is one.
void end_line_of_output();

/// Cuts what one worker prints into lines.
class line_cutter {
public:
  /// Calls on_line for each line that ends in text, without its end.
  template <class OnLine> void add(std::string_view text, const OnLine& on_line) {
    for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
      begun_.append(text.substr(0, end));
      on_line(std::exchange(begun_, {}));
      text.remove_prefix(end + 1);
    }
    begun_.append(text);
  }
  /// Calls on_line for what has been begun, if anything.
  template <class OnLine> void finish(const OnLine& on_line) {
    if (!begun_.empty())
      on_line(std::exchange(begun_, {}));
  }

private:
  std::string begun_;
};

/// The program's side of the workers' pipes.
class output_reader : not_copied {
public:
  /// on_line: of line_deliverer. Throws std::system_error if a thread cannot be started.
  explicit output_reader(line_deliverer::callback on_line);
  /// When all workers have ended: returns when the callback has returned for the last line. Nothing that a task has
  /// left behind is waited for, be it that it holds a worker's pipe.
  ~output_reader();

  /// A pipe for this worker: its end to print to. What an earlier worker of that number has printed comes first. Throws
  /// start_failed.
  descriptor open(int worker);

private:
  struct source {
    int worker;
    descriptor end;
    line_cutter lines;
  };

  void read();

  // All that is in the pipe now. False if there will be no more.
  bool read_some(source& from, bool is_last);

  line_deliverer deliverer_;
  const wake_up wake_; // of the reader

  // The reader's own.
  std::vector<char> buffer_ = std::vector<char>(std::size_t{1} << 16U); // what a pipe holds
  std::vector<::pollfd> polled_;

  // Guarded by mutex_.
  std::mutex mutex_;
  std::vector<source> opened_; // that the reader does not know yet
  bool finishing_ = false;

  std::thread reader_; // last: it uses all the others
};

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/processes/output.ipp>
#endif

#endif
