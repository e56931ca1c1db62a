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
#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <string_view>
#include <utility>

namespace crosspool::detail {

/// As the format has times: a point, whatever the locale's.
inline std::string in_microseconds(std::chrono::nanoseconds time) {
  const auto rest = std::to_string(time.count() % 1000);
  return std::to_string(time.count() / 1000) + '.' + std::string(3 - rest.size(), '0') + rest;
}
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
class timeline {
public:
  using time_point = std::chrono::steady_clock::time_point;

  timeline() = default;
  timeline(const timeline&) = delete;
  timeline& operator=(const timeline&) = delete;
  ~timeline() { end(); }

  [[nodiscard]] bool is_on() const noexcept { return is_on_.load(std::memory_order_relaxed); }

  /// Begins a file, after stop(). Throws crosspool::error if that cannot be written, pool_closed after close().
  void start(const std::string& path, int workers) {
    stop();
    const std::lock_guard lock(mutex_);
    if (is_closed_)
      throw pool_closed("crosspool: the pool is closed");
    file_.reset(std::fopen(path.c_str(), "we")); // e: not for processes that the application starts
    if (!file_)
      throw cannot_write(path, errno);
    // Of a buffer, a process that the application forks would write its copy.
    std::setvbuf(file_.get(), nullptr, _IONBF, 0);
    path_ = path;
    begun_ = std::chrono::steady_clock::now();
    buffer_ = "[\n"
              R"({"name":"process_name","ph":"M","pid":1,"tid":0,"args":{"name":"crosspool"}})";
    for (int i = 0; i < workers; ++i)
      append(R"({"name":"thread_name","ph":"M")", row(static_cast<std::size_t>(i)), R"(,"args":{"name":"worker )",
             std::to_string(i), R"("}})");
    write();
    if (const int why = std::exchange(failure_, 0); why != 0) {
      file_.reset();
      throw cannot_write(path, why);
    }
    is_on_.store(true, std::memory_order_relaxed);
  }
  /// Ends the file, if there is one, and begins no other: the workers have ended.
  void close() noexcept {
    {
      const std::lock_guard lock(mutex_);
      is_closed_ = true;
    }
    end();
  }
  /// Calls this with each event instead, until end(), one after the other. It must not throw.
  void start(std::function<void(const timeline_event&)> to) {
    end();
    const std::lock_guard lock(mutex_);
    to_ = std::move(to);
    is_on_.store(true, std::memory_order_relaxed);
  }
  /// Ends the file, if there is one.
  void end() noexcept {
    const std::lock_guard lock(mutex_);
    is_on_.store(false, std::memory_order_relaxed);
    to_ = nullptr;
    if (!file_)
      return;
    write();
    buffer_ = "\n]\n"; // in the string's own memory
    write();
    if (std::fclose(file_.release()) != 0)
      fail(errno);
  }
  /// As end(). Throws crosspool::error if not all of the last file could be written: once.
  void stop() {
    end();
    const std::lock_guard lock(mutex_);
    if (const int why = std::exchange(failure_, 0); why != 0)
      throw cannot_write(path_, why);
  }

  /// Items that a worker ran one after the other. first: index in the call.
  void slice(std::size_t worker, std::string_view verb, std::size_t first, std::size_t count, time_point begin,
             time_point end) noexcept {
    add([&] {
      if (to_)
        return to_({worker, {}, verb, first, count, begin, end});
      const auto from = std::max(begin, begun_);
      const auto last = count > 1 ? "-" + std::to_string(first + count - 1) : std::string();
      append(R"({"name":")", verb, " ", std::to_string(first), last, R"(","ph":"X")", row(worker), time(from),
             R"(,"dur":)", in_microseconds(std::max(end, from) - from), R"(,"args":{"first":)", std::to_string(first),
             R"(,"items":)", std::to_string(count), "}}");
    });
  }
  /// What became of an item, or with it of the worker.
  void mark(std::size_t worker, std::string_view what, std::string_view verb, std::size_t index,
            time_point when) noexcept {
    add([&] {
      if (to_)
        return to_({worker, what, verb, index, 1, when, when});
      append(R"({"name":")", what, R"(","ph":"i","s":"t")", row(worker), time(when), R"(,"args":{"item":")", verb, " ",
             std::to_string(index), R"("}})");
    });
  }
  /// What became of the worker, which had no item.
  void mark(std::size_t worker, std::string_view what, time_point when) noexcept {
    add([&] {
      if (to_)
        return to_({worker, what, {}, 0, 0, when, when});
      append(R"({"name":")", what, R"(","ph":"i","s":"t")", row(worker), time(when), "}");
    });
  }

private:
  struct closer {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };
  static constexpr std::size_t buffered = std::size_t{1} << 16U;

  static error cannot_write(const std::string& path, int code) {
    return error("crosspool: cannot write the trace " + path + ": " + std::strerror(code));
  }
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
  void write() noexcept {
    if (failure_ == 0 && std::fwrite(buffer_.data(), 1, buffer_.size(), file_.get()) != buffer_.size())
      fail(errno);
    buffer_.clear();
  }

  void fail(int code) noexcept {
    is_on_.store(false, std::memory_order_relaxed);
    failure_ = failure_ != 0 ? failure_ : code;
  }

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

} // namespace crosspool::detail

#endif
