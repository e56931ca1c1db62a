// Lines that workers have printed, on their way to the program: it is called with them in a thread of their own, so
// that a callback that takes its time, or waits for the pool, keeps nobody else from going on.
#ifndef CROSSPOOL_PROCESSES_LINE_DELIVERER_HPP
#define CROSSPOOL_PROCESSES_LINE_DELIVERER_HPP

#include <crosspool/version.hpp>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace CROSSPOOL_NAMESPACE::detail {

/// Calls on_line with each line, in a thread of its own.
class line_deliverer : not_copied {
public:
  using callback = std::function<void(int worker, std::string_view line)>;

  /// Throws std::system_error if a thread cannot be started.
  explicit line_deliverer(callback on_line) : on_line_(std::move(on_line)), thread_([this] { run(); }) {}
  /// After the last line.
  ~line_deliverer() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
      changed_.notify_all();
    }
    thread_.join();
  }

  void add(int worker, std::string text) {
    const std::lock_guard lock(mutex_);
    lines_.push_back({worker, std::move(text)});
    changed_.notify_all();
  }

private:
  struct line {
    int worker;
    std::string text;
  };

  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [&] { return ending_ || !lines_.empty(); });
      if (lines_.empty())
        return;
      const auto next = std::move(lines_.front());
      lines_.pop_front();
      lock.unlock();
      try {
        on_line_(next.worker, next.text);
      } catch (...) { // dropped, as options.on_output says
      }
      lock.lock();
    }
  }

  const callback on_line_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<line> lines_;
  bool ending_ = false;
  std::thread thread_; // last: it uses all the others
};

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
