// What worker processes print. It goes out line by line; or, where the program asks for it, through a pipe for each
// worker to a thread that takes the lines apart, and on to one that calls the program with them: so a callback that
// takes its time, or waits for the pool, keeps neither a worker nor the pool from going on.
#ifndef CROSSPOOL_PROCESSES_OUTPUT_HPP
#define CROSSPOOL_PROCESSES_OUTPUT_HPP

#include <crosspool/os/process.hpp>

#include <condition_variable>
#include <cstddef>
#include <cstdio>
#include <deque>
#include <functional>
#include <iterator>
#include <mutex>
#include <new>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace crosspool::detail {

/// In a worker, before anything is printed: each line is written as a whole when it ends, on standard error, too. to: a
/// descriptor that both then go to, if it is one of a pipe.
inline void print_by_lines(int to) {
  static char output[std::size_t{1} << 16U], errors[sizeof output];
  std::setvbuf(stdout, output, _IOLBF, sizeof output);
  std::setvbuf(stderr, errors, _IOLBF, sizeof errors);
  std::cerr.unsetf(std::ios_base::unitbuf); // or each << of a line would be written by itself,
  std::cerr.tie(nullptr);                   // and each would cut a line of std::cout short
  if (to > STDERR_FILENO) {
    const descriptor pipe(to);
    ::dup2(to, STDOUT_FILENO);
    ::dup2(to, STDERR_FILENO);
  }
}

/// Writes the line that has been begun, if there is one.
inline void end_line_of_output() {
  if (has_pending_output(stdout))
    std::fflush(stdout);
  if (has_pending_output(stderr))
    std::fflush(stderr);
}

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
class output_reader {
public:
  using callback = std::function<void(int worker, std::string_view line)>;

  /// Throws std::system_error if a thread cannot be started.
  explicit output_reader(callback call) : call_(std::move(call)) {
    try {
      deliverer_ = std::thread([this] { deliver(); });
      reader_ = std::thread([this] { read(); });
    } catch (...) {
      finish();
      throw;
    }
  }
  output_reader(const output_reader&) = delete;
  output_reader& operator=(const output_reader&) = delete;
  ~output_reader() { finish(); }

  /// A pipe for this worker: its end to print to. What an earlier worker of that number has printed comes first. Throws
  /// start_failed.
  descriptor open(int worker) {
    auto [from, to] = make_pipe();
    ::fcntl(from.get(), F_SETFL, O_NONBLOCK);
    const std::lock_guard lock(mutex_);
    opened_.push_back({worker, std::move(from), {}});
    wake_.give();
    return std::move(to);
  }

  /// When all workers have ended: returns when the callback has returned for the last line. Nothing that a task has
  /// left behind is waited for, be it that it holds a worker's pipe.
  void finish() {
    {
      const std::lock_guard lock(mutex_);
      finishing_ = true;
      wake_.give();
    }
    if (reader_.joinable())
      reader_.join();
    {
      const std::lock_guard lock(mutex_);
      all_read_ = true;
      changed_.notify_all();
    }
    if (deliverer_.joinable())
      deliverer_.join();
  }

private:
  struct source {
    int worker;
    descriptor end;
    line_cutter lines;
  };
  struct line {
    int worker;
    std::string text;
  };

  void read() {
    std::vector<source> sources;
    for (bool last = false; !last;)
      try {
        polled_.assign(1, {wake_.get(), POLLIN, 0});
        for (const auto& each : sources)
          polled_.push_back({each.end.get(), POLLIN, 0});
        ::poll(polled_.data(), polled_.size(), -1);
        wake_.take();
        {
          const std::lock_guard lock(mutex_);
          last = finishing_;
          sources.insert(sources.end(), std::make_move_iterator(opened_.begin()),
                         std::make_move_iterator(opened_.end()));
          opened_.clear();
        }
        std::erase_if(sources, [&](source& each) { return !read_some(each, last); });
      } catch (const std::bad_alloc&) { // some lines are lost, but nobody waits for ever
      }
  }

  // All that is in the pipe now. False if there will be no more.
  bool read_some(source& from, bool is_last) {
    const auto pass_on = [&](std::string&& text) {
      const std::lock_guard lock(mutex_);
      lines_.push_back({from.worker, std::move(text)});
      changed_.notify_all();
    };
    const auto n = ::read(from.end.get(), buffer_.data(), buffer_.size());
    if (n > 0)
      from.lines.add({buffer_.data(), static_cast<std::size_t>(n)}, pass_on);
    if (n != 0 && !is_last)
      return true;
    from.lines.finish(pass_on);
    return false;
  }

  void deliver() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [&] { return all_read_ || !lines_.empty(); });
      if (lines_.empty())
        return;
      const auto next = std::move(lines_.front());
      lines_.pop_front();
      lock.unlock();
      try {
        call_(next.worker, next.text);
      } catch (...) { // there is nobody to throw it to
      }
      lock.lock();
    }
  }

  const callback call_;
  const wake_up wake_; // of the reader

  // The reader's own.
  std::vector<char> buffer_ = std::vector<char>(std::size_t{1} << 16U); // what a pipe holds
  std::vector<::pollfd> polled_;

  // Guarded by mutex_.
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<source> opened_; // that the reader does not know yet
  std::deque<line> lines_;     // that are to be delivered
  bool finishing_ = false;
  bool all_read_ = false;

  std::thread deliverer_, reader_; // last: they use all the others
};

} // namespace crosspool::detail

#endif
