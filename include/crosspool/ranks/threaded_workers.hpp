// Workers that are threads, but read their items as bytes, as a worker process does. A thread cannot be stopped: the
// one that should be is left behind with the item that it is at, and another takes its place.
#ifndef CROSSPOOL_RANKS_THREADED_WORKERS_HPP
#define CROSSPOOL_RANKS_THREADED_WORKERS_HPP

#include <crosspool/calls/worker_state.hpp>
#include <crosspool/processes/worker.hpp>
#include <crosspool/processes/worker_source.hpp>

#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

class threaded_workers final : public worker_source {
public:
  /// initialize: run in each.
  explicit threaded_workers(std::function<void()> initialize) : initialize_(std::move(initialize)) {}
  /// Waits for those that were left behind, too.
  ~threaded_workers() override {
    for (auto& each : threads_)
      each.thread.join();
  }

  std::optional<event> start(int id, const worker_descriptors& given) override {
    try {
      auto life = std::make_unique<worker_life>(given);
      const std::lock_guard lock(mutex_);
      auto& made = threads_.emplace_back();
      made.number = ++last_;
      try {
        made.thread = std::thread(
            [this, id, number = made.number, life = std::move(life)]() mutable { run(id, number, std::move(life)); });
      } catch (...) {
        threads_.pop_back();
        throw;
      }
      return event{.what = event::started, .id = id, .pid = made.number};
    } catch (const std::system_error& e) {
      return event{.what = event::not_started,
                   .id = id,
                   .why = std::make_exception_ptr(no_resource(e.code().value(), "start a worker thread"))};
    } catch (...) {
      return event{.what = event::not_started, .id = id, .why = std::current_exception()};
    }
  }

  /// Whatever the signal: it gets no more items, and counts as ended.
  void signal(pid_t number, int /*signal*/) override {
    const std::lock_guard lock(mutex_);
    for (auto& each : threads_)
      if (each.number == number) {
        if (each.queue != nullptr)
          for (auto& slot : each.queue->slot)
            slot.items.take_back(0);
        note_end(each, SIGKILL);
      }
  }

  void add_to(std::vector<::pollfd>& polled) const override { polled.push_back({ended_.get(), POLLIN, 0}); }

  std::vector<event> events() override {
    ended_.take();
    const std::lock_guard lock(mutex_);
    for (auto it = threads_.begin(); it != threads_.end();)
      if (it->returned) {
        it->thread.join();
        it = threads_.erase(it);
      } else
        ++it;
    return std::exchange(events_, {});
  }

private:
  // What a worker works with. Its own mappings and descriptors, which outlast those that it was given.
  struct worker_life {
    explicit worker_life(const worker_descriptors& given)
        : socket(again(given.fd[worker_descriptors::socket])),
          queue(socket.get(), shared_memory(again(given.fd[worker_descriptors::memory]), PROT_READ | PROT_WRITE),
                shared_memory(again(given.fd[worker_descriptors::requests]), PROT_READ),
                again(given.fd[worker_descriptors::door]), again(given.fd[worker_descriptors::bell])) {}

    static descriptor again(int fd) {
      descriptor made(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
      if (!made)
        throw no_resource(errno, "start a worker thread");
      return made;
    }

    descriptor socket;
    worker_queue queue;
  };
  struct worker_thread {
    std::thread thread;
    pid_t number = 0;
    work_queue* queue = nullptr; // while it works
    bool ended = false;          // as has been said
    bool returned = false;
  };

  void run(int id, pid_t number, std::unique_ptr<worker_life> life) noexcept {
    worker_of_thread = id;
    int status = 0;
    try {
      broadcasts_in_requests broadcasts(life->queue.requests());
      broadcasts_here = &broadcasts;
      set_queue(number, &life->queue.shared());
      const worker_channel channel(life->socket.get());
      if (channel.send(frame_kind::hello, greeting()))
        live(channel, life->queue, initialize_);
    } catch (...) { // its memory has been written over
      status = SIGKILL;
    }
    drop_state();
    set_queue(number, nullptr);
    life.reset();
    const std::lock_guard lock(mutex_);
    for (auto& each : threads_)
      if (each.number == number) {
        note_end(each, status);
        each.returned = true;
      }
    ended_.give();
  }

  void set_queue(pid_t number, work_queue* queue) {
    const std::lock_guard lock(mutex_);
    for (auto& each : threads_)
      if (each.number == number)
        each.queue = queue;
  }
  void note_end(worker_thread& of, int status) {
    if (std::exchange(of.ended, true))
      return;
    events_.push_back({.what = event::ended, .pid = of.number, .status = status});
    ended_.give();
  }

  std::function<void()> initialize_;
  const wake_up ended_;
  std::mutex mutex_;
  std::list<worker_thread> threads_;
  std::vector<event> events_;
  pid_t last_ = 0;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
