// The parent's side of a process pool: one service thread that starts workers, deals out parcels, gathers replies and
// replaces workers that end. Each worker has a channel of its own and no lock is shared with it, so that it can end at
// any instruction. Only bytes are moved here; no code of the user's runs in the service thread.
#ifndef CROSSPOOL_PROCESS_ENGINE_HPP
#define CROSSPOOL_PROCESS_ENGINE_HPP

#include <crosspool/engine_base.hpp>
#include <crosspool/policy.hpp>
#include <crosspool/task.hpp>
#include <crosspool/worker_process.hpp>
#include <crosspool/worker_source.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstring>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace crosspool::detail {

class process_engine final : public engine_base {
public:
  using parcel_type = remote_parcel;
  template <class R, class F, class... T> using task = remote_task<R, F, T...>;

  /// Starts all workers and waits until their initializers have run. setup is sent to each, if not null.
  /// Throws start_failed; nothing that was started is left then.
  process_engine(const options& o, std::unique_ptr<worker_source> source, std::shared_ptr<const bytes> setup)
      : options_(o), source_(std::move(source)), setup_(std::move(setup)), slots_(static_cast<std::size_t>(o.workers)) {
    for (int id = 0; auto& each : slots_)
      each.id = id++;
    starting_ = slots_.size();
    // The application's signal handlers run in the application's threads.
    sigset_t all, before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    try {
      service_ = std::thread([this] { serve(); });
    } catch (const std::system_error& e) {
      ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
      throw no_resource(e.code().value(), "start the pool's service thread");
    }
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return starting_ == 0 || failure_; });
    if (failure_) {
      lock.unlock();
      service_.join();
      std::rethrow_exception(failure_);
    }
  }
  ~process_engine() {
    close();
    join();
  }

  [[nodiscard]] int workers() const noexcept { return options_.workers; }
  [[nodiscard]] std::size_t largest_parcel() const noexcept {
    return options_.max_tasks_per_worker != 0 ? options_.max_tasks_per_worker : std::size_t(-1);
  }

  /// Takes p over, between begin_call and end_call. False if the pool has been terminated or has failed meanwhile: p's
  /// items have ended then, and it is no use to submit more.
  bool submit(std::shared_ptr<remote_parcel> p) {
    const std::lock_guard lock(mutex_);
    if (terminating_) {
      p->fail_rest([&, why = end_of_pool()](std::size_t) { return why; });
      return false;
    }
    queue_.push_back(std::move(p));
    wake();
    return true;
  }

  void terminate() {
    const std::lock_guard lock(mutex_);
    closing_ = terminating_ = true;
    wake();
  }
  /// Waits until all workers have ended. After close or terminate.
  void join() {
    const std::lock_guard lock(join_mutex_);
    if (service_.joinable())
      service_.join();
  }

private:
  using clock = std::chrono::steady_clock;
  static constexpr std::chrono::hours longest_wait{24 * 7}; // what poll's timeout can hold
  void wake() override { wake_.give(); }

  // Whether parcels may still come or are there.
  [[nodiscard]] bool expects_work() const { return expects_parcels() || !queue_.empty(); }

  // What is on its way to a worker beyond the parcel that it runs, so that it need not wait for the next.
  static constexpr std::size_t parcels_at_worker = 2;

  enum class slot_state { vacant, starting, ready, retiring };
  struct slot {
    int id = 0;
    slot_state state = slot_state::vacant;
    pid_t pid = 0;          // 0 until the source has reported it
    bool greeted = false;   // has reported that it is there
    bool condemned = false; // to be killed as soon as its pid is known
    bool silent = false;    // has closed its channel
    parent_channel channel;
    std::deque<std::shared_ptr<remote_parcel>> held;
    std::size_t given = 0;      // items, since the worker started
    clock::time_point deadline; // for the greeting; max() once it has come
    std::exception_ptr why_not_started;
  };

  void serve() {
    try {
      for (auto& each : slots_)
        start(each);
      while (decide()) {
        wait_for_something();
        take_what_came();
      }
    } catch (...) {
      give_up(std::current_exception());
    }
    for (auto& each : slots_)
      each.channel = {};
    source_.reset();
    const std::lock_guard lock(mutex_);
    closing_ = true;
    if (starting_ != 0 && !failure_)
      failure_ = std::make_exception_ptr(start_failed("crosspool: the pool was closed while it started"));
    changed_.notify_all();
  }

  // Decides what is to be done next; false when nothing is left to serve.
  bool decide() {
    const std::lock_guard lock(mutex_);
    if (terminating_)
      cancel_everything();
    deal_out();
    if (!expects_work())
      for (auto& each : slots_)
        if (each.held.empty())
          retire(each);
    return expects_work() || !all_vacant();
  }

  void take_what_came() {
    for (const auto& event : source_->events())
      for (auto& each : slots_)
        if (event.what == worker_source::event::ended ? each.pid == event.pid : each.id == event.id) {
          handle(each, event);
          break;
        }
    for (auto& each : slots_)
      if (each.channel)
        receive(each);
    check_deadlines();
  }

  void wait_for_something() {
    polled_.clear();
    polled_.push_back({wake_.get(), POLLIN, 0});
    auto next = clock::time_point::max();
    for (auto& each : slots_) {
      if (!each.channel)
        continue;
      if (each.deadline < next)
        next = each.deadline;
      each.channel.flush();
      if (!each.silent)
        polled_.push_back(
            {each.channel.get(), static_cast<short>(POLLIN | (each.channel.wants_to_send() ? POLLOUT : 0)), 0});
    }
    source_->add_to(polled_);
    int timeout = -1;
    if (next != clock::time_point::max()) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - clock::now()).count();
      timeout = left > 0 ? static_cast<int>(left) : 0;
    }
    ::poll(polled_.data(), polled_.size(), timeout);
    wake_.take();
  }

  // ---- starting and ending ----

  void start(slot& each) {
    each.pid = 0;
    each.greeted = each.condemned = each.silent = false;
    each.given = 0;
    each.deadline = clock::now() + (options_.start_timeout < longest_wait ? options_.start_timeout : longest_wait);
    each.why_not_started = nullptr;
    std::optional<worker_source::event> event;
    try {
      auto [here, there] = socket_pair(SOCK_STREAM);
      each.channel = parent_channel(std::move(here));
      each.state = slot_state::starting;
      event = source_->start(each.id, std::move(there));
    } catch (const start_failed&) {
      return not_started(each, std::current_exception());
    }
    if (event)
      handle(each, *event);
  }

  void retire(slot& each) {
    if (each.state == slot_state::vacant || each.state == slot_state::retiring)
      return;
    each.channel.flush();
    each.channel.finish();
    each.state = slot_state::retiring;
  }

  void handle(slot& each, const worker_source::event& event) {
    if (event.what == worker_source::event::started) {
      each.pid = event.pid;
      if (each.condemned)
        source_->kill(each.pid);
    } else if (event.what == worker_source::event::not_started)
      not_started(each, event.why);
    else
      ended(each, event.status);
  }

  void ended(slot& each, int status) {
    const pid_t pid = std::exchange(each.pid, 0); // not to be killed any more
    receive(each);                                // what it had written before it ended
    const auto who = "worker " + std::to_string(each.id) + " (pid " + std::to_string(pid) + ") ";
    const auto was = each.state;
    vacate(each);
    if (was == slot_state::starting) {
      if (!each.why_not_started)
        each.why_not_started = std::make_exception_ptr(
            start_failed("crosspool: " + who + describe_end(status) +
                         (each.greeted ? " in its initializer"
                                       : " before it reported (is crosspool::init the first line of main?)")));
      return not_started(each, each.why_not_started);
    }
    fail_running(each, who, pid, status);
    std::unique_lock lock(mutex_);
    const bool needed = expects_work();
    lock.unlock();
    if (needed)
      start(each);
  }

  // The parcel that the worker was at is lost with it; those behind it were not begun and go elsewhere.
  void fail_running(slot& each, const std::string& who, pid_t pid, int status) {
    if (each.held.empty())
      return;
    const auto running = std::move(each.held.front());
    each.held.pop_front();
    running->fail_rest([&](std::size_t item) {
      const bool signalled = status != -1 && WIFSIGNALED(status);
      const bool exited = status != -1 && WIFEXITED(status);
      return std::make_exception_ptr(worker_died(who + describe_end(status) + " while it held item " +
                                                     std::to_string(item) + " of " + std::string(running->verb()),
                                                 item, pid, signalled ? WTERMSIG(status) : 0,
                                                 exited ? WEXITSTATUS(status) : -1));
    });
    const std::lock_guard lock(mutex_);
    for (; !each.held.empty(); each.held.pop_back())
      queue_.push_front(std::move(each.held.back()));
  }

  void vacate(slot& each) {
    each.state = slot_state::vacant;
    each.channel = {};
  }

  // A worker that cannot start is not tried again. While the pool is being made that fails the pool, and later it does
  // when no worker is left.
  void not_started(slot& each, const std::exception_ptr& why) {
    vacate(each);
    bool was_first = false;
    {
      const std::lock_guard lock(mutex_);
      was_first = starting_ != 0;
      if (!was_first && !expects_work())
        return;
    }
    if (was_first || all_vacant())
      give_up(why);
  }

  void check_deadlines() {
    for (auto& each : slots_)
      if (each.state == slot_state::starting && each.deadline < clock::now()) {
        each.why_not_started = std::make_exception_ptr(start_failed("crosspool: worker " + std::to_string(each.id) +
                                                                    " did not report within options.start_timeout (is "
                                                                    "crosspool::init the first line of main?)"));
        kill(each);
      }
  }

  void kill(slot& each) {
    each.condemned = true;
    each.deadline = clock::time_point::max();
    if (each.pid != 0)
      source_->kill(each.pid);
  }

  // Nothing more can run: what is queued or held ends with why, every worker is killed.
  void give_up(const std::exception_ptr& why) {
    const std::lock_guard lock(mutex_);
    closing_ = terminating_ = true;
    if (!failure_)
      failure_ = why;
    fail_everything(failure_);
  }

  void cancel_everything() {
    if (queue_.empty() && all_vacant())
      return;
    fail_everything(end_of_pool());
  }

  void fail_everything(const std::exception_ptr& why) {
    const auto fail = [&](auto& parcels) {
      for (; !parcels.empty(); parcels.pop_front())
        parcels.front()->fail_rest([&](std::size_t) { return why; });
    };
    fail(queue_);
    for (auto& each : slots_) {
      fail(each.held);
      if (each.state != slot_state::vacant) {
        each.state = slot_state::retiring;
        kill(each);
      }
    }
  }

  [[nodiscard]] bool all_vacant() const {
    for (const auto& each : slots_)
      if (each.state != slot_state::vacant)
        return false;
    return true;
  }

  // ---- parcels ----

  void deal_out() {
    while (!queue_.empty()) {
      if (queue_.front()->abandoned()) {
        queue_.front()->fail_rest(
            [](std::size_t) { return std::make_exception_ptr(cancelled("crosspool: the call was abandoned")); });
        queue_.pop_front();
        continue;
      }
      auto* const to = least_busy(queue_.front()->size());
      if (to == nullptr)
        return;
      auto p = std::move(queue_.front());
      queue_.pop_front();
      to->given += p->size();
      to->channel.send(frame_kind::work, static_cast<std::uint32_t>(p->size()), p->request());
      to->held.push_back(std::move(p));
      to->channel.flush();
    }
  }

  // The worker to give a parcel of this size; null if all have enough. Retires those that must not run it any more.
  slot* least_busy(std::size_t size) {
    slot* best = nullptr;
    for (auto& each : slots_) {
      if (each.state != slot_state::ready || each.held.size() >= parcels_at_worker)
        continue;
      if (options_.max_tasks_per_worker != 0 && each.given + size > options_.max_tasks_per_worker) {
        if (each.held.empty())
          retire(each);
      } else if (best == nullptr || each.held.size() < best->held.size())
        best = &each;
    }
    return best;
  }

  void receive(slot& each) {
    if (each.silent)
      return;
    try {
      each.silent = !each.channel.receive(
          [&](const frame_header& header, bytes payload) { handle(each, header, std::move(payload)); });
    } catch (const std::exception&) { // not what a worker of ours would say
      each.silent = true;
    }
    if (each.silent) // it can neither be asked nor answer any more
      kill(each);
  }

  void handle(slot& each, const frame_header& header, bytes payload) {
    byte_view view = payload;
    if (each.state == slot_state::starting && header.kind == frame_kind::hello)
      return greet(each, view);
    if (each.state == slot_state::starting && header.kind == frame_kind::init_failed) {
      each.why_not_started = initializer_failure(each.id, view);
      return;
    }
    if (each.state == slot_state::starting && header.kind == frame_kind::ready) {
      each.state = slot_state::ready;
      const std::lock_guard lock(mutex_);
      if (starting_ != 0) {
        --starting_;
        changed_.notify_all();
      }
      return;
    }
    if (header.kind == frame_kind::replies && !each.held.empty()) {
      auto& running = *each.held.front();
      running.answer(header.count, std::move(payload));
      if (running.answered() == running.size())
        each.held.pop_front();
      return;
    }
    if (each.state != slot_state::retiring) // of one that is being ended, some words may come late
      throw error("crosspool: a worker sent a message that has no place here");
  }

  void greet(slot& each, byte_view view) {
    each.greeted = true;
    each.deadline = clock::time_point::max();
    const bytes expected = greeting();
    if (view.size() != expected.size() || std::memcmp(view.data(), expected.data(), view.size()) != 0) {
      each.why_not_started = std::make_exception_ptr(start_failed("crosspool: the worker is of another build"));
      return kill(each);
    }
    if (setup_)
      each.channel.send(frame_kind::setup, 0, setup_);
  }

  static std::exception_ptr initializer_failure(int id, byte_view view) {
    const auto prefix = "crosspool: worker " + std::to_string(id) + ": the initializer threw ";
    try {
      std::rethrow_exception(decode_exception(view));
    } catch (const remote_error& e) {
      return std::make_exception_ptr(start_failed(prefix + e.type() + ": " + e.what()));
    } catch (const std::exception& e) {
      return std::make_exception_ptr(start_failed(prefix + demangle(typeid(e)) + ": " + e.what()));
    }
  }

  const options options_;
  std::unique_ptr<worker_source> source_;
  const std::shared_ptr<const bytes> setup_;
  std::vector<slot> slots_; // the service thread's own
  std::vector<::pollfd> polled_;
  wake_up wake_;

  std::deque<std::shared_ptr<remote_parcel>> queue_; // guarded by mutex_
  std::size_t starting_ = 0;                         // likewise: workers that the constructor still waits for

  std::mutex join_mutex_;
  std::thread service_; // last: it uses all the others
};

} // namespace crosspool::detail

#endif
