// A file that shows what each worker did when, in the Chrome trace event format, which Perfetto and chrome://tracing
// open: a row a worker, a slice for items that it ran together, a mark where one died.
#ifndef CROSSPOOL_CALLS_TIMELINE_HPP
#define CROSSPOOL_CALLS_TIMELINE_HPP

#include <crosspool/error.hpp>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <string_view>

namespace CROSSPOOL_NAMESPACE::detail {

/// As the format has times: a point, whatever the locale's.
std::string in_microseconds(std::chrono::nanoseconds time);
/// What a timeline shows of a worker.
struct timeline_event {
  std::size_t worker;
  std::string_view mark; // what became of an item; empty: items that ran
  std::string_view verb; // empty: the worker had no item
  std::size_t first, count;
  std::chrono::steady_clock::time_point begin, end;
};

/// Is written while it is on. Thread-safe. An error costs the rest of the file, and nothing else: stop() tells. The
/// words given are the library's own, with nothing in them that JSON would have escaped.
class timeline : not_copied {
public:
  using time_point = std::chrono::steady_clock::time_point;

  ~timeline() { end(); }

  [[nodiscard]] bool is_on() const noexcept { return is_on_.load(std::memory_order_relaxed); }

  /// Begins a file, after stop(). Throws crosspool::error if that cannot be written, pool_closed after close().
  void start(const std::string& path, int workers);
  /// Ends the file, if there is one, and begins no other: the workers have ended.
  void close() noexcept;
  /// Calls this with each event instead, until end(), one after the other. It must not throw.
  void start(std::function<void(const timeline_event&)> to);
  /// Ends the file, if there is one.
  void end() noexcept;
  /// As end(). Throws crosspool::error if not all of the last file could be written: once.
  void stop();

  /// Items that a worker ran one after the other. first: index in the call.
  void slice(std::size_t worker, std::string_view verb, std::size_t first, std::size_t count, time_point begin,
             time_point end) noexcept;
  /// What became of an item, or with it of the worker.
  void mark(std::size_t worker, std::string_view what, std::string_view verb, std::size_t index,
            time_point when) noexcept;
  /// What became of the worker, which had no item.
  void mark(std::size_t worker, std::string_view what, time_point when) noexcept;

private:
  struct closer {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };
  static constexpr std::size_t buffered = std::size_t{1} << 16U;

  static error cannot_write(const std::string& path, int code);
  static std::string row(std::size_t worker) { return R"(,"pid":1,"tid":)" + std::to_string(worker + 1); }
  [[nodiscard]] std::string time(time_point when) const {
    return R"(,"ts":)" + in_microseconds(std::max(when, begun_) - begun_);
  }

  template <class Append> void add(Append append_event) noexcept {
    const std::lock_guard lock(mutex_);
    if (!is_on())
      return;
    try {
      append_event();
    } catch (const std::bad_alloc&) {
      fail(ENOMEM);
    }
    if (buffer_.size() >= buffered)
      write();
  }

  template <class... Text> void append(const Text&... event) {
    buffer_ += ",\n";
    (buffer_.append(event), ...);
  }

  // Whole events, so that a program that dies leaves a file that can be opened: the format does not insist on its end.
  void write() noexcept;

  void fail(int code) noexcept;

  std::atomic<bool> is_on_ = false;
  std::mutex mutex_;
  std::function<void(const timeline_event&)> to_; // instead of a file
  std::unique_ptr<std::FILE, closer> file_;
  std::string path_;
  time_point begun_;
  std::string buffer_;
  bool is_closed_ = false;
  int failure_ = 0; // errno of what failed first
};

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/calls/timeline.ipp>
#endif

#endif
