// The program's side of a pool whose workers are those of other ranks: deals parcels out to the ranks as batches, two
// or so ahead for each of their workers, and hands what comes back to the calls. What a rank does with a batch is the
// local pool's there. The user's code runs only in the threads of those who wait.
#ifndef CROSSPOOL_RANKS_ENGINE_HPP
#define CROSSPOOL_RANKS_ENGINE_HPP

#include <crosspool/calls/call.hpp>
#include <crosspool/calls/engine.hpp>
#include <crosspool/calls/limits.hpp>
#include <crosspool/calls/parcel_sizes.hpp>
#include <crosspool/calls/priority.hpp>
#include <crosspool/calls/timeline.hpp>
#include <crosspool/options.hpp>
#include <crosspool/ranks/heads.hpp>
#include <crosspool/ranks/service.hpp>
#include <crosspool/wire/broadcast_message.hpp>
#include <crosspool/wire/exit_function.hpp>
#include <crosspool/wire/task.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

/// Calls on_output, in a thread of its own, with the lines that ranks send.
class relayed_output {
public:
  using callback = std::function<void(int worker, std::string_view line)>;

  explicit relayed_output(callback on_line) : on_line_(std::move(on_line)), thread_([this] { run(); }) {}
  relayed_output(const relayed_output&) = delete;
  relayed_output& operator=(const relayed_output&) = delete;
  /// After the last line.
  ~relayed_output() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
      changed_.notify_all();
    }
    thread_.join();
  }

  void add(output_head line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
    changed_.notify_all();
  }

private:
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
        on_line_(next.worker, next.line);
      } catch (...) { // dropped, as options.on_output says
      }
      lock.lock();
    }
  }

  const callback on_line_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<output_head> lines_;
  bool ending_ = false;
  std::thread thread_; // last: it uses all the others
};

class rank_engine final : public engine_base,
                          public driver,
                          public rank_client,
                          public std::enable_shared_from_this<rank_engine> {
public:
  template <class R, class F, class... T> using task = remote_task<R, F, T...>;
  using parcel_type = remote_parcel;
  static constexpr bool reads_in_place = false;
  static constexpr bool outlives_calls = false;

  /// Starts o.workers on each rank and waits until their initializers have run. threads: instead of processes.
  /// Throws start_failed; nothing that was started is left then.
  rank_engine(const options& o, bool threads, const std::shared_ptr<const bytes>& setup,
              std::shared_ptr<rank_service> service)
      : options_(o), service_(std::move(service)), requests_(std::make_shared<arena>()) {
    if (options_.on_output)
      output_ = std::make_unique<relayed_output>(options_.on_output);
    for (const auto& each : service_->ranks()) {
      auto& made = ranks_.emplace_back();
      made.rank = each;
      made.first_worker = static_cast<int>(ranks_.size() - 1) * o.workers;
    }
    std::unique_lock lock(mutex_);
    for (auto& each : ranks_)
      open(each, threads, setup);
    lock.unlock();
    number_ = service_->add(*this);
    lock.lock();
    changed_.wait(lock, [&] { return all_are([](const rank_state& s) { return s != rank_state::opening; }); });
    if (!failure_)
      return;
    terminating_ = closing_ = true;
    wake();
    lock.unlock();
    join();
    std::rethrow_exception(failure_);
  }
  ~rank_engine() override {
    close();
    join();
  }

  /// On all ranks together.
  [[nodiscard]] int workers() const noexcept { return options_.workers * static_cast<int>(ranks_.size()); }

  /// Asks the ranks, as long as they are there.
  [[nodiscard]] pool_stats stats() {
    std::unique_lock lock(mutex_);
    for (auto& each : ranks_)
      if (each.state == rank_state::open && !std::exchange(each.asked, true))
        post(each, rank_message_kind::ask_stats, false);
    service_->wake();
    changed_.wait(
        lock, [&] { return std::none_of(ranks_.begin(), ranks_.end(), [](const lane& each) { return each.asked; }); });
    pool_stats all;
    slowest_items slowest;
    for (const auto& each : ranks_) {
      for (std::size_t i = 0; i < static_cast<std::size_t>(options_.workers); ++i)
        all.workers.push_back(i < each.stats.workers.size() ? from_head(each.stats.workers[i]) : worker_stats());
      for (const auto& item : each.stats.slowest)
        slowest.add(
            {interned(item.verb), item.index, item.count, std::chrono::nanoseconds(item.duration), item.worker});
    }
    all.slowest = slowest.list();
    return all;
  }
  /// Ranks say what they did, and when by this one's clock, as far as that is known: a message may take its time.
  void trace_to(const std::string& path) {
    stop_trace();
    timeline_.start(path, workers());
    const std::lock_guard lock(mutex_);
    for (auto& each : ranks_)
      if (each.state == rank_state::open) {
        each.traces = true;
        post(each, rank_message_kind::trace, trace_head{true, nanoseconds_now()});
      }
    service_->wake();
  }
  void stop_trace() {
    {
      std::unique_lock lock(mutex_);
      for (auto& each : ranks_)
        if (each.state == rank_state::open && each.traces)
          post(each, rank_message_kind::trace, trace_head{false, 0});
      service_->wake();
      changed_.wait(lock, [&] {
        return std::none_of(ranks_.begin(), ranks_.end(), [](const lane& each) { return each.traces; });
      });
    }
    timeline_.stop();
  }

  [[nodiscard]] paced_parcels parcel_sizes(std::size_t chunksize, std::size_t total) {
    const std::lock_guard lock(mutex_);
    return {chunksize, total, static_cast<std::size_t>(workers()), batch_time()};
  }
  template <bool attended> std::shared_ptr<completion> new_completion(const call_options& o) {
    return std::make_shared<completion>(shared_from_this(), attended, limits_.next(o));
  }
  template <class Task>
  std::shared_ptr<typename Task::parcel_type> start_parcel(const Task& of, const std::shared_ptr<completion>& home,
                                                           std::string_view verb, std::size_t first,
                                                           std::size_t chunksize, std::size_t size) const {
    return of.start_parcel(home, verb, first, requests_, size, chunksize);
  }
  /// More bytes are not worth putting into one parcel.
  static constexpr std::size_t parcel_bytes = std::size_t{1} << 18U;

  /// Takes p over, between begin_call and end_call. by: who adds and waits for the call, or null if nobody does; it
  /// then waits here while there is enough to do for the ranks. False if the pool has been terminated or has failed
  /// meanwhile: p's items have ended then, and it is no use to submit more.
  bool submit(std::shared_ptr<remote_parcel> p, collector* by) {
    std::unique_lock lock(mutex_);
    if (terminating_ || p->abandoned()) {
      fail(*p, terminating_ ? end_of_pool() : call_was_abandoned());
      return false;
    }
    auto& home = p->home();
    const auto priority = p->priority();
    queue_.insert(place_behind(queue_, priority, priority_of), std::move(p));
    service_->wake();
    if (by != nullptr)
      drive(lock, clock::time_point::max(), by,
            [&] { return home.abandoned() || terminating_ || !enough_queued(priority); });
    return true;
  }

  void drive(completion& until, clock::time_point deadline, collector* to) override {
    std::unique_lock lock(mutex_);
    drive(lock, deadline, to, [&] { return until.ready(); });
  }

  void cancel(completion& call) override {
    const std::lock_guard lock(mutex_);
    for (auto& each : std::exchange(queue_, {}))
      if (&each->home() == &call)
        fail(*each, call_was_cancelled());
      else
        queue_.push_back(std::move(each));
    tell_ranks_at(call, rank_message_kind::cancel);
    changed_.notify_all();
    service_->wake();
  }

  /// Once for all workers of a rank. Throws pool_closed, and what encoding value throws.
  template <class T> broadcasted<T> broadcast(const T& value) {
    demand_open_now();
    auto made = std::make_unique<const broadcast_message>(requests_, value);
    const auto place = made->place();
    const std::shared_ptr<const broadcast_message> message(
        made.release(), [number = place.number, to = gone_](const broadcast_message* gone) {
          delete gone;
          to->add(number);
        });
    const std::lock_guard lock(mutex_);
    broadcasts_.insert_or_assign(message.get(), message);
    return broadcasted<T>(place, message);
  }

  /// Each worker that ends in order from now on runs f before. Throws pool_closed, crosspool::error if there is such a
  /// function already, and what encoding f throws.
  template <class R, class F> exit_results<R> at_exit(F&& f) {
    auto made = std::make_shared<remote_exit_of<R, std::decay_t<F>>>(requests_, f);
    const std::lock_guard lock(mutex_);
    set_exit_function(exit_, made);
    for (auto& each : ranks_)
      if (each.state == rank_state::open) {
        auto message = rank_message::of(rank_message_kind::exit_function, 0,
                                        send_broadcasts(each, made->function().kept()));
        message.body.push_back({{made->function().data(), made->function().size()}, made});
        outgoing_.emplace_back(each.rank.number, std::move(message));
      }
    service_->wake();
    return exit_results<R>(made->record());
  }

  void terminate() {
    const std::lock_guard lock(mutex_);
    closing_ = terminating_ = true;
    wake();
  }
  /// Waits until all workers have ended, and on_output has had all that they have printed. After close or terminate.
  void join() {
    const std::lock_guard once(join_mutex_);
    if (joined_)
      return;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return all_are([](const rank_state& s) { return s == rank_state::closed; }); });
    }
    service_->remove(number_);
    output_.reset();
    timeline_.close();
    joined_ = true;
  }

private:
  enum class rank_state { opening, open, failed, closing, closed };

  // Numbers of broadcast values that nobody can ask for any more. Told by who lets the last handle go, whatever locks
  // that holds.
  class gone_broadcasts {
  public:
    void add(std::uint64_t number) {
      const std::lock_guard lock(mutex_);
      numbers_.push_back(number);
    }
    std::vector<std::uint64_t> take() {
      const std::lock_guard lock(mutex_);
      return std::exchange(numbers_, {});
    }

  private:
    std::mutex mutex_;
    std::vector<std::uint64_t> numbers_;
  };

  // A rank as the dispatch sees it.
  struct lane {
    serving_rank rank;
    int first_worker = 0;
    rank_state state = rank_state::opening;
    bool told_to_terminate = false;
    bool asked_back = false; // for a batch
    bool traces = false;
    bool asked = false;            // for its stats
    std::size_t batches = 0;       // with it
    double estimate = 0;           // of their work, in nanoseconds
    std::size_t bytes = 0;         // of their requests
    std::set<std::uint64_t> knows; // broadcast values, by their numbers
    stats_head stats;
  };
  struct batch {
    std::shared_ptr<remote_parcel> parcel;
    std::size_t lane;
    double estimate;
    std::size_t bytes;
    clock::time_point sent;
    bool asked_back = false;
  };

  void wake() override {
    changed_.notify_all();
    service_->wake();
  }

  template <class Is> [[nodiscard]] bool all_are(Is is) const {
    return std::all_of(ranks_.begin(), ranks_.end(), [&](const lane& each) { return is(each.state); });
  }
  static int priority_of(const std::shared_ptr<remote_parcel>& p) noexcept { return p->priority(); }
  static void fail(remote_parcel& p, const std::exception_ptr& why) {
    p.fail({0, static_cast<std::uint32_t>(p.size())}, [&](std::size_t) { return why; });
  }

  template <class Done>
  void drive(std::unique_lock<std::mutex>& lock, clock::time_point deadline, collector* to, const Done& done) {
    for (std::size_t seen = 0; !done();) {
      if (to != nullptr && std::exchange(seen, answers_) != answers_) {
        lock.unlock();
        to->collect();
        lock.lock();
      } else if (deadline == clock::time_point::max())
        changed_.wait(lock);
      else if (clock::now() >= deadline || changed_.wait_until(lock, deadline) == std::cv_status::timeout)
        return;
    }
  }

  // ---- what is sent: by the service's thread, in the order in which it was posted ----

  template <class Head> void post(const lane& to, rank_message_kind kind, const Head& head) {
    outgoing_.emplace_back(to.rank.number, rank_message::of(kind, 0, head));
  }

  void open(lane& to, bool threads, const std::shared_ptr<const bytes>& setup) {
    const auto milliseconds = [](auto time) { return static_cast<std::int64_t>(time.count()); };
    auto message = rank_message::of(rank_message_kind::open, 0,
                                    open_head{options_.workers, to.first_worker, options_.max_tasks_per_worker,
                                              options_.memory_limit, options_.max_memory_per_worker,
                                              milliseconds(options_.task_timeout), milliseconds(options_.start_timeout),
                                              milliseconds(options_.grace_period), output_ != nullptr, threads});
    message.body.push_back({*setup, setup});
    outgoing_.emplace_back(to.rank.number, std::move(message));
  }

  bool send(rank_link& to, std::uint32_t number) override {
    std::deque<std::pair<int, rank_message>> messages;
    {
      const std::lock_guard lock(mutex_);
      if (terminating_)
        end_everything();
      forget_broadcasts();
      if (deal())
        changed_.notify_all(); // there is room for more
      if (!expects_parcels() && queue_.empty() && in_flight_.empty())
        close_ranks();
      messages.swap(outgoing_);
    }
    for (auto& [rank, message] : messages) {
      message.pool = number;
      to.send(rank, std::move(message));
    }
    return !messages.empty();
  }
  void cut_off() override {
    const std::lock_guard lock(mutex_);
    closing_ = terminating_ = true;
    end_everything();
    outgoing_.clear();
    for (auto& each : ranks_) {
      each.state = rank_state::closed;
      each.asked = each.traces = false;
    }
    if (exit_)
      exit_->finish();
  }
  bool expects_something() override {
    const std::lock_guard lock(mutex_);
    return !in_flight_.empty() || !all_are([](const rank_state& s) { return s == rank_state::open; }) ||
           std::any_of(ranks_.begin(), ranks_.end(), [](const lane& each) { return each.asked || each.traces; }) ||
           output_ != nullptr;
  }

  void close_ranks() {
    for (auto& each : ranks_)
      if (each.state == rank_state::open || each.state == rank_state::failed) {
        each.state = rank_state::closing;
        post(each, rank_message_kind::close, false);
      }
  }
  // Nothing more is to run.
  void end_everything() {
    const auto why = end_of_pool();
    for (auto& each : ranks_)
      if (each.state != rank_state::opening && each.state != rank_state::closed &&
          !std::exchange(each.told_to_terminate, true)) {
        each.state = rank_state::closing;
        post(each, rank_message_kind::terminate, false);
      }
    for (const auto& each : std::exchange(queue_, {}))
      fail(*each, why);
    for (const auto& [number, each] : std::exchange(in_flight_, {}))
      fail(*each.parcel, why);
    changed_.notify_all();
  }

  // ---- dealing ----

  // So much work one batch should be, in nanoseconds: much more than a round trip, as the next is on its way meanwhile,
  // and so much that a batch for each worker takes the service a small part of the time in which they are run.
  [[nodiscard]] double batch_time() const {
    return std::max({1e6, 4 * round_trip_, 4 * batch_cost * static_cast<double>(workers())});
  }
  // sent: the time from there to the answer, and what of it the rank says that it had the batch. Downwards at once,
  // upwards slowly: large messages and a service that is busy make it look long.
  void learn_round_trip(clock::duration sent, std::int64_t held) {
    const auto took = static_cast<double>(std::chrono::nanoseconds(sent).count() - held);
    if (took > 0)
      round_trip_ = round_trip_ == 0 || took < round_trip_ ? took : round_trip_ + (took - round_trip_) / 16;
  }
  static constexpr double batch_cost = 5e3; // of the service's time, to send one and to take the answer

  [[nodiscard]] bool enough_queued(int priority) const {
    const auto most = static_cast<std::size_t>(workers());
    const auto counts = [&](const auto& each) { return each->priority() >= priority; };
    return (queue_.size() > most && counts(queue_[most])) ||
           (!queue_.empty() && counts(queue_.back()) && queue_.back()->bytes() >= large &&
            queue_.size() > ranks_.size());
  }
  static constexpr std::size_t large = std::size_t{1} << 20U;

  // So much work a rank should have for each of its workers, in nanoseconds. Where workers hold all processors, the
  // rank waits milliseconds for one; but what nobody knows the time of may take long, and is better dealt out late.
  [[nodiscard]] double time_ahead() const { return pace_ > 0 ? std::max(2 * batch_time(), 8e6) : 2 * batch_time(); }

  // Those with workers that have nothing to do first.
  [[nodiscard]] std::pair<std::size_t, double> load_of(const lane& l) const {
    const auto workers = static_cast<std::size_t>(options_.workers);
    return l.batches < workers ? std::pair(l.batches, 0.0) : std::pair(workers, l.estimate);
  }
  // Whether more of this priority would only wait at the rank. What is of a lower one waits there behind it.
  [[nodiscard]] bool has_enough(const lane& l, int priority) const {
    const auto workers = static_cast<std::size_t>(options_.workers);
    if (l.batches < 2 * workers || (l.batches < most_batches * workers && l.bytes < large * workers &&
                                    l.estimate < time_ahead() * static_cast<double>(workers)))
      return false;
    return lowest_ >= priority ||
           std::count_if(in_flight_.begin(), in_flight_.end(), [&](const auto& each) {
             return &ranks_[each.second.lane] == &l && each.second.parcel->priority() >= priority;
           }) >= static_cast<std::ptrdiff_t>(2 * workers);
  }
  // The rank with the least to do of those that should have more of this priority; null if none.
  lane* least_busy(int priority) {
    lane* best = nullptr;
    for (auto& each : ranks_) {
      if (each.state != rank_state::open || has_enough(each, priority))
        continue;
      if (best == nullptr || load_of(each) < load_of(*best))
        best = &each;
    }
    return best;
  }
  static constexpr std::size_t most_batches = 64;

  // Whether any has left the queue.
  bool deal() {
    const auto before = queue_.size();
    while (!queue_.empty()) {
      if (queue_.front()->abandoned())
        fail(*queue_.front(), call_was_abandoned());
      else if (auto* const to = least_busy(queue_.front()->priority()))
        give(*to, queue_.front());
      else
        break;
      queue_.pop_front();
    }
    if (queue_.empty())
      ask_back();
    return queue_.size() != before;
  }

  // Has the rank with the most that waits give some of it back, for one whose workers have nothing to do.
  void ask_back() {
    const auto workers = static_cast<std::size_t>(options_.workers);
    lane* most = nullptr;
    bool is_any_free = false;
    for (auto& each : ranks_) {
      if (each.state != rank_state::open)
        continue;
      is_any_free = is_any_free || each.batches < workers;
      if (each.batches > workers && (most == nullptr || each.batches > most->batches))
        most = &each;
    }
    if (!is_any_free || most == nullptr || most->asked_back)
      return;
    // Those sent last are the last to be begun. What is new would be begun before it could come back.
    const auto long_ago = clock::now() - std::chrono::milliseconds(2);
    const batch* last = nullptr;
    std::uint64_t number = 0;
    for (const auto& [n, each] : in_flight_)
      if (&ranks_[each.lane] == most && !each.asked_back && each.sent < long_ago && n > number) {
        last = &each;
        number = n;
      }
    if (last == nullptr)
      return;
    in_flight_.at(number).asked_back = true;
    most->asked_back = true;
    post(*most, rank_message_kind::give_back, number);
  }
  void given_back(const given_back_head& head) {
    const auto found = in_flight_.find(head.number);
    if (found == in_flight_.end())
      return;
    auto& of = ranks_[found->second.lane];
    of.asked_back = false;
    if (head.was_begun)
      return;
    auto parcel = std::move(found->second.parcel);
    remove(found);
    const auto at = place_before(queue_, parcel->priority(), priority_of);
    queue_.insert(at, std::move(parcel));
  }

  void give(lane& to, const std::shared_ptr<remote_parcel>& p) {
    const auto& limits = p->home().limits();
    lowest_ = in_flight_.empty() ? p->priority() : std::min(lowest_, p->priority());
    const auto pace = p->home().pace() > 0 ? p->home().pace() : pace_;
    const auto items = static_cast<std::uint32_t>(p->size());
    const auto number = ++last_batch_;
    const auto request = p->shared_request();
    auto message = rank_message::of(rank_message_kind::batch, 0,
                                    batch_head{number, limits.seed, limits.timeout.count(), p->first(), pace,
                                               limits.retries, items, p->at_a_time(), limits.priority, limits.fail_fast,
                                               std::string(p->verb()), send_broadcasts(to, request->kept())});
    message.body.push_back({{request->data(), request->size()}, request});
    outgoing_.emplace_back(to.rank.number, std::move(message));
    batch made{p, index_of(to), pace > 0 ? pace * items : batch_time() / 2, request->size(), clock::now()};
    ++to.batches;
    to.estimate += made.estimate;
    to.bytes += made.bytes;
    in_flight_.emplace(number, std::move(made));
  }
  [[nodiscard]] std::size_t index_of(const lane& l) const noexcept {
    return static_cast<std::size_t>(&l - ranks_.data());
  }

  void tell_ranks_at(const completion& call, rank_message_kind what) {
    std::set<std::size_t> at;
    for (const auto& [number, each] : in_flight_)
      if (&each.parcel->home() == &call && at.insert(each.lane).second)
        post(ranks_[each.lane], what, call.limits().seed);
  }

  // ---- broadcast values ----

  // Those among what a request refers to, by their numbers; the rank is told first what it does not know.
  std::vector<std::uint64_t> send_broadcasts(lane& to, const std::vector<std::shared_ptr<const void>>& referred) {
    std::vector<std::uint64_t> numbers;
    if (broadcasts_.empty())
      return numbers;
    for (const auto& each : referred) {
      const auto found = broadcasts_.find(each.get());
      if (found == broadcasts_.end())
        continue;
      const auto message = found->second.lock();
      if (!message)
        continue;
      const auto number = message->place().number;
      numbers.push_back(number);
      if (!to.knows.insert(number).second)
        continue;
      auto value = rank_message::of(rank_message_kind::broadcast, 0, number);
      value.body.push_back({message->bytes(), message});
      outgoing_.emplace_back(to.rank.number, std::move(value));
    }
    return numbers;
  }
  void forget_broadcasts() {
    const auto gone = gone_->take();
    if (gone.empty())
      return;
    std::erase_if(broadcasts_, [](const auto& each) { return each.second.expired(); });
    for (auto& each : ranks_)
      for (const auto number : gone)
        if (each.knows.erase(number) != 0 && each.state == rank_state::open)
          post(each, rank_message_kind::forget, number);
  }

  // ---- what comes ----

  std::byte* place(const arriving_message& message) override {
    try {
      arrived_ = std::make_shared<arena_buffer>(requests_, message.body);
      return arrived_->extend(message.body);
    } catch (const std::bad_alloc&) {
      return nullptr;
    }
  }

  void received(const arriving_message& message) override {
    const auto body = std::exchange(arrived_, nullptr);
    const std::lock_guard lock(mutex_);
    const auto from = std::find_if(ranks_.begin(), ranks_.end(),
                                   [&](const lane& each) { return each.rank.number == message.from; });
    if (from == ranks_.end())
      return;
    switch (message.kind) {
    case rank_message_kind::opened:
      from->state = rank_state::open;
      break;
    case rank_message_kind::failed:
      failure_of(*from, message.head);
      break;
    case rank_message_kind::answer:
      answered(message, body);
      break;
    case rank_message_kind::output:
      if (output_)
        output_->add(message.read<output_head>());
      return;
    case rank_message_kind::stats:
      from->stats = message.read<stats_head>();
      from->asked = false;
      break;
    case rank_message_kind::exited:
      exited(message.read<exited_worker>());
      break;
    case rank_message_kind::given_back:
      given_back(message.read<given_back_head>());
      break;
    case rank_message_kind::traced:
      draw(*from, message.read<traced_head>());
      break;
    case rank_message_kind::closed:
      end_of(*from, message.read<stats_head>());
      break;
    default:
      return;
    }
    changed_.notify_all();
  }

  batch remove(std::unordered_map<std::uint64_t, batch>::iterator at) {
    auto gone = std::move(at->second);
    in_flight_.erase(at);
    auto& of = ranks_[gone.lane];
    --of.batches;
    of.bytes -= gone.bytes;
    of.estimate = of.batches == 0 ? 0 : of.estimate - gone.estimate;
    return gone;
  }

  void answered(const arriving_message& message, const std::shared_ptr<const arena_buffer>& body) {
    const auto head = message.read<answer_head>();
    const auto found = in_flight_.find(head.number);
    if (found == in_flight_.end()) // the pool has been terminated
      return;
    if (found->second.asked_back)
      ranks_[found->second.lane].asked_back = false;
    const auto done = remove(found);
    learn_round_trip(clock::now() - done.sent, head.held);
    auto& parcel = *done.parcel;
    auto& home = parcel.home();
    if (head.pace > 0) {
      home.set_pace(head.pace);
      pace_ = pace_ > 0 ? (3 * pace_ + head.pace) / 4 : head.pace;
    }
    ++answers_;
    const bool was_abandoned = home.abandoned();
    const auto* at = body ? body->data() : nullptr;
    std::size_t part = 0;
    for (const auto& each : head.pieces) {
      const item_range items{each.begin, each.end};
      if (each.kind == piece_kind::abandoned)
        parcel.fail(items, [](std::size_t) { return call_was_abandoned(); });
      else if (each.kind == piece_kind::no_memory || at == nullptr)
        parcel.fail(items, [](std::size_t) { return std::make_exception_ptr(std::bad_alloc()); });
      else {
        const auto size = static_cast<std::size_t>(message.parts.at(part++));
        answer(parcel, items, {at, size}, body);
        at += stride_of_part(size);
      }
    }
    if (home.limits().fail_fast && home.abandoned() && !was_abandoned)
      tell_ranks_at(home, rank_message_kind::drop);
  }
  static void answer(remote_parcel& parcel, item_range items, byte_view records,
                     const std::shared_ptr<const arena_buffer>& body) {
    try {
      parcel.answer(items, records, read_block(body));
    } catch (const error&) {
      parcel.fail(items, [why = std::current_exception()](std::size_t) { return why; });
    }
  }

  void failure_of(lane& of, byte_view encoded) {
    const auto why = on_rank(of, decode_exception(encoded));
    const bool was_opening = of.state == rank_state::opening;
    of.state = rank_state::failed;
    if (was_opening || all_are([](const rank_state& s) { return s == rank_state::failed; })) {
      if (!failure_)
        failure_ = why;
      if (!was_opening)
        closing_ = terminating_ = true;
    }
  }
  static std::exception_ptr on_rank(const lane& of, const std::exception_ptr& why) {
    try {
      std::rethrow_exception(why);
    } catch (const std::exception& e) {
      return std::make_exception_ptr(start_failed(e.what() + (" (on " + of.rank.name() + ")")));
    }
  }

  void exited(const exited_worker& worker) {
    if (!exit_)
      return;
    const byte_view said = std::as_bytes(std::span(worker.said));
    auto view = said;
    if (worker.ran)
      exit_->answered(worker.worker, said);
    else
      exit_->failed(worker.worker, decode_exception(view));
  }

  void end_of(lane& of, stats_head stats) {
    of.state = rank_state::closed;
    of.asked = of.traces = false;
    of.stats = std::move(stats);
    if (exit_ && all_are([](const rank_state& s) { return s == rank_state::closed; }))
      exit_->finish();
  }

  static std::int64_t nanoseconds_now() { return std::chrono::nanoseconds(clock::now().time_since_epoch()).count(); }
  void draw(lane& of, const traced_head& traced) {
    of.traces = of.traces && !traced.last;
    const auto time = [](std::int64_t said) { return clock::time_point(std::chrono::nanoseconds(said)); };
    for (const auto& e : traced.events)
      if (const auto worker = static_cast<std::size_t>(e.worker); e.mark.empty())
        timeline_.slice(worker, e.verb, e.first, e.count, time(e.begin), time(e.end));
      else if (e.verb.empty())
        timeline_.mark(worker, e.mark, time(e.begin));
      else
        timeline_.mark(worker, e.mark, e.verb, e.first, time(e.begin));
  }

  static worker_stats from_head(const worker_stats_head& w) {
    return {w.tasks,
            std::chrono::nanoseconds(w.busy),
            std::chrono::nanoseconds(w.waiting),
            w.bytes_sent,
            w.bytes_received,
            w.restarts};
  }

  const options options_;
  limits_of_calls limits_{options_, true};
  const std::shared_ptr<rank_service> service_;
  const std::shared_ptr<arena> requests_; // and answers
  const std::shared_ptr<gone_broadcasts> gone_ = std::make_shared<gone_broadcasts>();
  std::uint32_t number_ = 0;              // the service's for this
  std::shared_ptr<arena_buffer> arrived_; // the body of the message that is being received
  timeline timeline_;

  // Guarded by mutex_.
  std::vector<lane> ranks_;
  std::deque<std::shared_ptr<remote_parcel>> queue_; // by priority
  std::unordered_map<std::uint64_t, batch> in_flight_;
  std::uint64_t last_batch_ = 0;
  double pace_ = 0;         // of all calls, for those whose own is not known
  double round_trip_ = 0;   // of a batch, without the time that the rank has it, lately; in nanoseconds
  int lowest_ = 0;          // no priority of what is in flight is lower
  std::size_t answers_ = 0; // so far
  std::deque<std::pair<int, rank_message>> outgoing_;
  std::map<const void*, std::weak_ptr<const broadcast_message>> broadcasts_; // by their messages
  std::shared_ptr<remote_exit> exit_;

  std::mutex join_mutex_;
  bool joined_ = false;
  std::unique_ptr<relayed_output> output_; // if there is a callback
};
static_assert(engine<rank_engine>);

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
