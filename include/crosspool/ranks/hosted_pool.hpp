// One of the program's pools, on another rank: its engine here, and what travels for it.
#ifndef CROSSPOOL_RANKS_HOSTED_POOL_HPP
#define CROSSPOOL_RANKS_HOSTED_POOL_HPP

#include <crosspool/processes/engine.hpp>
#include <crosspool/processes/forked_workers.hpp>
#include <crosspool/processes/spawned_workers.hpp>
#include <crosspool/ranks/outbox.hpp>
#include <crosspool/ranks/relay.hpp>
#include <crosspool/ranks/threaded_workers.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

/// One of the program's pools here. One thread, but for what it says.
class hosted_pool final : public batch_listener {
public:
  /// Begins to start the local pool: that it has, or has not, it says. setup: see make_setup.
  hosted_pool(rank_outbox& outbox, std::uint32_t id, const open_head& open, std::shared_ptr<const bytes> setup,
              std::string where)
      : outbox_(outbox), id_(id), open_(open), where_(std::move(where)),
        keeper_([this, setup = std::move(setup)] { keep(setup); }) {}
  ~hosted_pool() {
    end(true);
    keeper_.join();
  }

  // ---- batches ----

  /// Where the batch's request is to lie; null if there is no memory for it.
  std::byte* place(const batch_head& batch, std::size_t size) {
    auto& call = calls_[batch.seed];
    if (!call.home) {
      const call_limits limits{std::chrono::nanoseconds(batch.timeout), batch.retries, batch.seed, batch.fail_fast,
                               batch.priority};
      call.home = std::make_shared<completion>(engine_, false, limits);
      call.home->begin_waiting(); // the program does
    }
    if (batch.pace > 0 && call.home->pace() <= 0)
      call.home->set_pace(batch.pace);
    std::vector<moved_broadcast> moved;
    moved.reserve(batch.broadcasts.size());
    for (const auto number : batch.broadcasts)
      moved.push_back({number, broadcasts_.at(number)->offset()});
    try {
      arriving_ = std::make_shared<relayed_parcel>(call.home, interned(batch.verb), batch, engine_->requests(),
                                                   prefix_of(moved), size, *this);
    } catch (const std::bad_alloc&) {
      return nullptr;
    }
    for (const auto number : batch.broadcasts)
      arriving_->keep(broadcasts_.at(number));
    return arriving_->request_at();
  }
  /// It lies there, or nowhere.
  void take(const batch_head& batch) {
    auto parcel = std::exchange(arriving_, nullptr);
    if (!parcel)
      return outbox_.post(rank_message::of(rank_message_kind::answer, id_,
                                           answer_head{batch.number, 0, 0, {{0, batch.items, piece_kind::no_memory}}}));
    batches_.emplace(batch.number, hosted_batch{parcel, batch.seed, parcel->shared_request()});
    auto& call = calls_[batch.seed];
    ++call.out;
    call.home->add();
    engine_->submit(std::move(parcel), nullptr);
  }
  void batch_ended(std::uint64_t number) noexcept override { outbox_.batch_ended(id_, number); }
  /// What became of a batch that has ended. If that was by the local pool's failure alone, another rank can run it.
  std::vector<rank_message> answer(std::uint64_t number) {
    const auto found = batches_.find(number);
    std::vector<rank_message> made;
    if (const auto why = failure(); why && found->second.parcel->all_failed_by(why)) {
      if (!std::exchange(failure_told_, true))
        made.push_back(failed(why));
      made.push_back(rank_message::of(rank_message_kind::given_back, id_, given_back_head{number, false}));
    } else
      made.push_back(relayed_parcel::answer(found->second.parcel, id_, where_));
    if (open_.threads && found->second.parcel->lost_some())
      kept_requests_.push_back(std::move(found->second.request));
    const auto seed = found->second.seed;
    if (auto& call = calls_.at(seed); --call.out == 0) {
      if (call.home->limits().fail_fast && call.home->abandoned())
        remember_failed(seed);
      else
        calls_.erase(seed);
    }
    batches_.erase(found);
    return made;
  }

  /// Gives a batch back, if nobody has begun it.
  void give_back(std::uint64_t number) {
    const auto found = batches_.find(number);
    if (found == batches_.end()) // it has ended
      return;
    const bool gone = engine_->take_back(*found->second.parcel);
    outbox_.post(rank_message::of(rank_message_kind::given_back, id_, given_back_head{number, !gone}));
    if (!gone)
      return;
    if (const auto call = calls_.find(found->second.seed); --call->second.out == 0)
      calls_.erase(call);
    batches_.erase(found);
  }

  // ---- calls ----

  void drop(std::uint64_t seed) {
    if (const auto call = calls_.find(seed); call != calls_.end()) {
      call->second.home->abandon();
      engine_->drop_rest(*call->second.home);
    }
  }
  void cancel(std::uint64_t seed) {
    if (const auto call = calls_.find(seed); call != calls_.end())
      call->second.home->stop();
  }

  // ---- broadcast values and the exit function ----

  std::byte* place_broadcast(std::uint64_t number, std::size_t size) {
    const auto made = std::make_shared<relayed_broadcast>(engine_->requests(), size);
    broadcasts_[number] = made;
    return made->data();
  }
  void forget(std::uint64_t number) { broadcasts_.erase(number); }

  std::byte* place_exit_function(const std::vector<std::uint64_t>& broadcasts, std::size_t size) {
    std::vector<moved_broadcast> moved;
    for (const auto number : broadcasts) {
      moved.push_back({number, broadcasts_.at(number)->offset()});
      kept_for_exit_.push_back(broadcasts_.at(number));
    }
    exit_ = std::make_shared<relayed_exit>(engine_->requests(), moved, size, open_.first_worker);
    return exit_->function_at();
  }
  void take_exit_function() {
    try {
      engine_->at_exit(exit_);
    } catch (const error&) { // the local pool has failed, of which the program is told
    }
  }

  void trace(const trace_head& how) {
    if (!how.on) {
      engine_->stop_trace();
      return post_traced(true);
    }
    const auto ahead = nanoseconds_of(std::chrono::steady_clock::now()) - how.now; // of the program's clock
    engine_->trace_to([this, ahead](const timeline_event& e) {
      const std::lock_guard lock(trace_mutex_);
      traced_.push_back({open_.first_worker + static_cast<int>(e.worker), std::string(e.mark), std::string(e.verb),
                         e.first, e.count, nanoseconds_of(e.begin) - ahead, nanoseconds_of(e.end) - ahead});
      if (traced_.size() >= most_traced)
        outbox_.post(rank_message::of(rank_message_kind::traced, id_, traced_head{std::exchange(traced_, {}), false}));
    });
  }

  [[nodiscard]] stats_head stats() { return to_head(engine_->stats(), open_.first_worker); }

  /// Lets it end; when it has, it says so.
  void end(bool at_once) {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    terminating_ = terminating_ || at_once;
    changed_.notify_all();
  }

private:
  struct hosted_call {
    std::shared_ptr<completion> home;
    std::size_t out = 0; // batches
  };
  struct hosted_batch {
    std::shared_ptr<relayed_parcel> parcel;
    std::uint64_t seed;
    std::shared_ptr<const void> request;
  };

  [[nodiscard]] options local_options() {
    options o;
    o.workers = open_.workers;
    o.task_timeout = std::chrono::milliseconds(open_.task_timeout); // of exit functions
    o.start_timeout = std::chrono::milliseconds(open_.start_timeout);
    o.grace_period = std::chrono::milliseconds(open_.grace_period);
    if (open_.threads) // for which the others are not
      return o;
    o.max_tasks_per_worker = open_.max_tasks_per_worker;
    o.memory_limit = open_.memory_limit;
    o.max_memory_per_worker = open_.max_memory_per_worker;
    if (open_.wants_output)
      o.on_output = [this](int worker, std::string_view line) {
        outbox_.post(rank_message::of(rank_message_kind::output, id_,
                                      output_head{open_.first_worker + worker, std::string(line)}));
      };
    return o;
  }

  // In each worker.
  static void initialize(int first_worker, const bytes& setup) {
    (worker_of_thread >= 0 ? worker_of_thread : worker_of_process) += first_worker;
    byte_view from = setup;
    static_cast<void>(take_greeting(from));
    reinterpret_cast<setup_entry>(decode_function_id(from))(from);
  }

  // Of a call that has ended with its first error, more may be under way.
  void remember_failed(std::uint64_t seed) {
    failed_.push_back(seed);
    if (failed_.size() <= most_failed)
      return;
    if (const auto oldest = calls_.find(failed_.front()); oldest != calls_.end() && oldest->second.out == 0)
      calls_.erase(oldest);
    failed_.pop_front();
  }
  static constexpr std::size_t most_failed = 64;

  [[nodiscard]] std::unique_ptr<worker_source> workers_to_start(const std::shared_ptr<const bytes>& setup) const {
    const auto start = [first = open_.first_worker, setup] { initialize(first, *setup); };
    if (open_.threads)
      return std::make_unique<threaded_workers>(start);
    return make_forked_workers(start);
  }

  // The thread that the pool's life is: to start it, and to wait for its end, takes time that others need not wait.
  void keep(const std::shared_ptr<const bytes>& setup) {
    try {
      engine_ = std::make_shared<process_engine>(local_options(), workers_to_start(setup), nullptr);
      engine_->begin_call(); // open until end()
    } catch (...) {
      outbox_.post(failed(std::current_exception()));
      outbox_.post(rank_message::of(rank_message_kind::closed, id_, stats_head{}));
      return;
    }
    outbox_.post(rank_message::of(rank_message_kind::opened, id_, false));
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return ending_; });
      if (!terminating_) {
        engine_->end_call();
        engine_->close();
        lock.unlock();
        join_or_terminate();
      }
    }
    engine_->terminate();
    engine_->join();
    post_traced(true);
    if (exit_)
      for (const auto& each : exit_->take())
        outbox_.post(rank_message::of(rank_message_kind::exited, id_, each));
    outbox_.post(rank_message::of(rank_message_kind::closed, id_, stats()));
  }

  // An orderly end may take for ever, unless the program loses its patience.
  void join_or_terminate() {
    std::thread impatient([this] {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return terminating_ || joined_; });
      if (terminating_)
        engine_->terminate();
    });
    engine_->join();
    {
      const std::lock_guard lock(mutex_);
      joined_ = true;
      changed_.notify_all();
    }
    impatient.join();
  }

  static std::int64_t nanoseconds_of(std::chrono::steady_clock::time_point t) {
    return std::chrono::nanoseconds(t.time_since_epoch()).count();
  }
  void post_traced(bool last) {
    const std::lock_guard lock(trace_mutex_);
    outbox_.post(rank_message::of(rank_message_kind::traced, id_, traced_head{std::exchange(traced_, {}), last}));
  }
  static constexpr std::size_t most_traced = 1000;

  // why: the local pool cannot work.
  [[nodiscard]] rank_message failed(const std::exception_ptr& why) const {
    bytes said;
    said.reserve(256);
    try {
      std::rethrow_exception(why);
    } catch (...) {
      encode_current_exception(said);
    }
    return {rank_message_kind::failed, id_, std::move(said), {}};
  }
  // Of the local pool; null if it has not failed.
  [[nodiscard]] std::exception_ptr failure() const {
    try {
      engine_->demand_open_now();
    } catch (const pool_closed&) { // it was told to
    } catch (...) {
      return std::current_exception();
    }
    return nullptr;
  }

  rank_outbox& outbox_;
  const std::uint32_t id_;
  const open_head open_;
  const std::string where_;
  std::shared_ptr<process_engine> engine_; // once it has said that it is open
  bool failure_told_ = false;              // of that one
  std::map<std::uint64_t, std::shared_ptr<relayed_broadcast>> broadcasts_;
  std::vector<std::shared_ptr<relayed_broadcast>> kept_for_exit_;
  std::shared_ptr<relayed_exit> exit_;
  std::unordered_map<std::uint64_t, hosted_call> calls_;
  std::deque<std::uint64_t> failed_; // calls
  std::unordered_map<std::uint64_t, hosted_batch> batches_;
  std::shared_ptr<relayed_parcel> arriving_;
  std::vector<std::shared_ptr<const void>> kept_requests_; // that threads which were left behind may still read

  std::mutex trace_mutex_;
  std::vector<traced_event> traced_; // that the program has not been told

  std::mutex mutex_;
  std::condition_variable changed_;
  bool ending_ = false, terminating_ = false, joined_ = false;
  std::thread keeper_; // last: it uses all the others
};

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
