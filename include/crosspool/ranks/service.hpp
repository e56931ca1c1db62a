// The program's one thread that talks to the ranks that serve, for all of its pools: it sends what they have to say,
// hands them what has come, looks again for a moment, and then sleeps, ever longer. While nothing can come, it sleeps
// until it is woken.
#ifndef CROSSPOOL_RANKS_SERVICE_HPP
#define CROSSPOOL_RANKS_SERVICE_HPP

#include <crosspool/os/process.hpp>
#include <crosspool/os/signals.hpp>
#include <crosspool/ranks/message.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

/// How long to sleep before looking again: not at all for a moment, then for a small part of the time that nothing has
/// come, so that it is found a little late only; up to a millisecond, and to ten where nothing has come for a second.
class back_off {
public:
  using clock = std::chrono::steady_clock;

  /// Of this thread, which is to sleep no longer than it says.
  explicit back_off(std::chrono::microseconds moment) : moment_(moment) { sleep_precisely(); }

  void found_something() noexcept { since_ = clock::time_point::min(); }
  /// Nothing was found once more. Zero: look again at once.
  std::chrono::nanoseconds pause() noexcept {
    const auto now = clock::now();
    if (since_ == clock::time_point::min())
      since_ = now;
    const auto idle = now - since_;
    if (idle < moment_)
      return std::chrono::nanoseconds::zero();
    return std::min<std::chrono::nanoseconds>(idle / 8, idle < long_while ? longest : longest_of_all);
  }

private:
  static constexpr std::chrono::milliseconds longest{1};
  static constexpr std::chrono::seconds long_while{1};
  static constexpr std::chrono::milliseconds longest_of_all{10};

  const std::chrono::microseconds moment_;
  clock::time_point since_ = clock::time_point::min();
};

/// A pool of the program, as the service sees it.
class rank_client {
public:
  rank_client() = default;
  rank_client(const rank_client&) = delete;
  rank_client& operator=(const rank_client&) = delete;
  virtual std::byte* place(const arriving_message& message) = 0;
  virtual void received(const arriving_message& message) = 0;
  /// Sends what there is to send, as this pool. Whether there was anything.
  virtual bool send(rank_link& to, std::uint32_t number) = 0;
  /// Whether something may come though nothing is sent.
  virtual bool expects_something() = 0;
  /// Nothing will come any more.
  virtual void cut_off() = 0;

protected:
  ~rank_client() = default;
};

/// All public functions are thread-safe.
class rank_service final : public rank_receiver {
public:
  /// ranks: those that serve, which are of this program's build.
  rank_service(std::unique_ptr<rank_link> link, std::vector<serving_rank> ranks)
      : link_(std::move(link)), ranks_(std::move(ranks)) {}
  ~rank_service() {
    end_thread();
    link_.reset(); // which may wake what is gone afterwards
  }

  [[nodiscard]] const std::vector<serving_rank>& ranks() const noexcept { return ranks_; }

  /// Returns the pool's number. Throws start_failed.
  std::uint32_t add(rank_client& client) {
    const request_to_enter entering(entering_);
    const std::lock_guard lock(clients_mutex_);
    if (!thread_.joinable())
      start();
    clients_.emplace(++last_, &client);
    wake();
    return last_;
  }
  /// The service uses it no more when this returns.
  void remove(std::uint32_t pool) {
    const request_to_enter entering(entering_);
    const std::lock_guard lock(clients_mutex_);
    clients_.erase(pool);
  }
  /// There is something to send.
  void wake() {
    const std::lock_guard lock(mutex_);
    woken_ = true;
    changed_.notify_all();
  }
  /// Ends the thread, and what pools there are.
  void stop() {
    end_thread();
    const std::lock_guard lock(clients_mutex_);
    for (const auto& [pool, client] : clients_)
      client->cut_off();
  }
  /// The way to the ranks. When the thread has ended.
  [[nodiscard]] rank_link& link() noexcept { return *link_; }

private:
  void end_thread() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      changed_.notify_all();
    }
    if (thread_.joinable())
      thread_.join();
  }

  void start() {
    try {
      const no_signals meanwhile;
      thread_ = std::thread([this] { serve(); });
    } catch (const std::system_error& e) {
      throw no_resource(e.code().value(), "start the thread that talks to other ranks");
    }
  }

  // The service does not take the lock again meanwhile.
  class request_to_enter {
  public:
    explicit request_to_enter(std::atomic<int>& count) : count_(count) { ++count_; }
    request_to_enter(const request_to_enter&) = delete;
    request_to_enter& operator=(const request_to_enter&) = delete;
    ~request_to_enter() { --count_; }

  private:
    std::atomic<int>& count_;
  };

  void serve() {
    back_off idle(std::chrono::microseconds(200)); // nobody here needs the processor more
    for (;;) {
      while (entering_ != 0)
        std::this_thread::yield();
      bool any = false, expects = false;
      {
        const std::lock_guard lock(clients_mutex_);
        any = link_->receive(*this);
        for (const auto& [pool, client] : clients_) {
          any = client->send(*link_, pool) || any;
          expects = client->expects_something() || expects;
        }
      }
      std::unique_lock lock(mutex_);
      if (stopping_)
        return;
      if (std::exchange(woken_, false) || any) {
        idle.found_something();
        continue;
      }
      const bool is_sending = link_->is_sending();
      if (!is_sending && !(expects && link_->must_be_asked()))
        changed_.wait(lock, [&] { return woken_ || stopping_; });
      else if (const auto pause = idle.pause(); pause.count() != 0 && !is_sending)
        changed_.wait_for(lock, pause, [&] { return woken_ || stopping_; });
      else {
        lock.unlock();
        std::this_thread::yield();
      }
    }
  }

  std::byte* place(const arriving_message& message) override {
    const auto client = clients_.find(message.pool);
    return client != clients_.end() ? client->second->place(message) : nullptr;
  }
  void received(const arriving_message& message) override {
    if (const auto client = clients_.find(message.pool); client != clients_.end())
      client->second->received(message);
  }

  std::atomic<int> entering_ = 0;
  std::mutex clients_mutex_; // held while the service uses them
  std::unique_ptr<rank_link> link_;
  const std::vector<serving_rank> ranks_;
  std::map<std::uint32_t, rank_client*> clients_;
  std::uint32_t last_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false, stopping_ = false;
  std::thread thread_;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
