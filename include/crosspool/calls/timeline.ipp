// What of calls/timeline.hpp depends on no type of the user's.
#ifndef CROSSPOOL_CALLS_TIMELINE_IPP
#define CROSSPOOL_CALLS_TIMELINE_IPP

#include <crosspool/calls/timeline.hpp>

#include <cstring>
#include <utility>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE std::string in_microseconds(std::chrono::nanoseconds time) {
  const auto rest = std::to_string(time.count() % 1000);
  return std::to_string(time.count() / 1000) + '.' + std::string(3 - rest.size(), '0') + rest;
}

CROSSPOOL_INLINE void timeline::start(const std::string& path, int workers) {
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

CROSSPOOL_INLINE void timeline::close() noexcept {
  {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
  }
  end();
}

CROSSPOOL_INLINE void timeline::start(std::function<void(const timeline_event&)> to) {
  end();
  const std::lock_guard lock(mutex_);
  to_ = std::move(to);
  is_on_.store(true, std::memory_order_relaxed);
}

CROSSPOOL_INLINE void timeline::end() noexcept {
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

CROSSPOOL_INLINE void timeline::stop() {
  end();
  const std::lock_guard lock(mutex_);
  if (const int why = std::exchange(failure_, 0); why != 0)
    throw cannot_write(path_, why);
}

CROSSPOOL_INLINE void timeline::slice(std::size_t worker, std::string_view verb, std::size_t first, std::size_t count,
                                      time_point begin, time_point end) noexcept {
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

CROSSPOOL_INLINE void timeline::mark(std::size_t worker, std::string_view what, std::string_view verb,
                                     std::size_t index, time_point when) noexcept {
  add([&] {
    if (to_)
      return to_({worker, what, verb, index, 1, when, when});
    append(R"({"name":")", what, R"(","ph":"i","s":"t")", row(worker), time(when), R"(,"args":{"item":")", verb, " ",
           std::to_string(index), R"("}})");
  });
}

CROSSPOOL_INLINE void timeline::mark(std::size_t worker, std::string_view what, time_point when) noexcept {
  add([&] {
    if (to_)
      return to_({worker, what, {}, 0, 0, when, when});
    append(R"({"name":")", what, R"(","ph":"i","s":"t")", row(worker), time(when), "}");
  });
}

CROSSPOOL_INLINE error timeline::cannot_write(const std::string& path, int code) {
  return error("crosspool: cannot write the trace " + path + ": " + std::strerror(code));
}

CROSSPOOL_INLINE void timeline::write() noexcept {
  if (failure_ == 0 && std::fwrite(buffer_.data(), 1, buffer_.size(), file_.get()) != buffer_.size())
    fail(errno);
  buffer_.clear();
}

CROSSPOOL_INLINE void timeline::fail(int code) noexcept {
  is_on_.store(false, std::memory_order_relaxed);
  failure_ = failure_ != 0 ? failure_ : code;
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
