// What of ranks/hosted_pool.hpp depends on no type of the user's.
#ifndef CROSSPOOL_RANKS_HOSTED_POOL_IPP
#define CROSSPOOL_RANKS_HOSTED_POOL_IPP

#include <crosspool/processes/forked_workers.hpp>
#include <crosspool/processes/spawned_workers.hpp>
#include <crosspool/processes/worker.hpp>
#include <crosspool/ranks/hosted_pool.hpp>
#include <crosspool/ranks/threaded_workers.hpp>

#include <algorithm>
#include <new>
#include <string_view>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE hosted_pool::~hosted_pool() {
  end(true);
  keeper_.join();
}

CROSSPOOL_INLINE std::byte* hosted_pool::place(const batch_head& batch, std::size_t size) {
  auto& call = calls_[batch.seed];
  if (!call.home) {
    const call_limits limits{std::chrono::nanoseconds(batch.timeout), batch.retries, batch.seed, batch.fail_fast,
                             batch.priority};
    call.home = std::make_shared<completion>(engine_, false, limits);
    call.home->begin_waiting(); // the program does
  }
  if (const estimated_time pace(batch.pace); pace.count() > 0 && call.home->pace().count() <= 0)
    call.home->set_pace(pace);
  std::vector<moved_broadcast> moved;
  moved.reserve(batch.broadcasts.size());
  for (const auto number : batch.broadcasts)
    moved.push_back({number, broadcasts_.at(number)->offset()});
  try {
    arriving_ = std::make_shared<relayed_parcel>(call.home, interned(batch.verb), batch, engine_->requests(),
                                                 prefix_of(moved), size, outbox_, id_);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
  for (const auto number : batch.broadcasts)
    arriving_->keep(broadcasts_.at(number));
  return arriving_->request_at();
}

CROSSPOOL_INLINE void hosted_pool::take(const batch_head& batch) {
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

CROSSPOOL_INLINE std::vector<rank_message> hosted_pool::answer(std::uint64_t number) {
  const auto found = batches_.find(number);
  std::vector<rank_message> made;
  if (const auto why = failure(); why && found->second.parcel->all_failed_by(why)) {
    if (!std::exchange(failure_told_, true))
      made.push_back(failed(why));
    made.push_back(rank_message::of(rank_message_kind::given_back, id_, given_back_head{number, false}));
  } else
    made.push_back(relayed_parcel::answer(found->second.parcel, where_));
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

CROSSPOOL_INLINE void hosted_pool::give_back(std::uint64_t number) {
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

CROSSPOOL_INLINE void hosted_pool::drop(std::uint64_t seed) {
  if (const auto call = calls_.find(seed); call != calls_.end()) {
    call->second.home->abandon();
    engine_->drop_rest(*call->second.home);
  }
}

CROSSPOOL_INLINE void hosted_pool::cancel(std::uint64_t seed) {
  if (const auto call = calls_.find(seed); call != calls_.end())
    call->second.home->stop();
}

CROSSPOOL_INLINE std::byte* hosted_pool::place_broadcast(std::uint64_t number, std::size_t size) {
  const auto made = std::make_shared<relayed_broadcast>(engine_->requests(), size);
  broadcasts_[number] = made;
  return made->data();
}

CROSSPOOL_INLINE std::byte* hosted_pool::place_exit_function(const std::vector<std::uint64_t>& broadcasts,
                                                             std::size_t size) {
  std::vector<moved_broadcast> moved;
  for (const auto number : broadcasts) {
    moved.push_back({number, broadcasts_.at(number)->offset()});
    kept_for_exit_.push_back(broadcasts_.at(number));
  }
  exit_ = std::make_shared<relayed_exit>(engine_->requests(), moved, size, open_.first_worker);
  return exit_->function_at();
}

CROSSPOOL_INLINE void hosted_pool::take_exit_function() {
  try {
    engine_->at_exit(exit_);
  } catch (const error&) { // the local pool has failed, of which the program is told
  }
}

CROSSPOOL_INLINE void hosted_pool::trace(const trace_head& how) {
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

CROSSPOOL_INLINE void hosted_pool::end(bool at_once) {
  const std::lock_guard lock(mutex_);
  stage_ = std::max(stage_, at_once ? stage::terminating : stage::ending);
  changed_.notify_all();
}

CROSSPOOL_INLINE auto hosted_pool::local_options() -> options {
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

CROSSPOOL_INLINE void hosted_pool::initialize(int first_worker, const bytes& setup) {
  (worker_of_thread >= 0 ? worker_of_thread : worker_of_process) += first_worker;
  byte_view from = setup;
  static_cast<void>(take_greeting(from));
  reinterpret_cast<setup_entry>(decode_function_id(from))(from);
}

CROSSPOOL_INLINE void hosted_pool::remember_failed(std::uint64_t seed) {
  failed_.push_back(seed);
  if (failed_.size() <= most_failed)
    return;
  if (const auto oldest = calls_.find(failed_.front()); oldest != calls_.end() && oldest->second.out == 0)
    calls_.erase(oldest);
  failed_.pop_front();
}

CROSSPOOL_INLINE std::unique_ptr<worker_source>
hosted_pool::workers_to_start(const std::shared_ptr<const bytes>& setup) const {
  const auto start = [first = open_.first_worker, setup] { initialize(first, *setup); };
  if (open_.threads)
    return std::make_unique<threaded_workers>(start);
  return make_forked_workers(start);
}

CROSSPOOL_INLINE void hosted_pool::keep(const std::shared_ptr<const bytes>& setup) {
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
    changed_.wait(lock, [&] { return stage_ != stage::open; });
    if (stage_ == stage::ending) {
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

CROSSPOOL_INLINE void hosted_pool::join_or_terminate() {
  std::thread impatient([this] {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stage_ != stage::ending; });
    if (stage_ == stage::terminating)
      engine_->terminate();
  });
  engine_->join();
  {
    const std::lock_guard lock(mutex_);
    stage_ = stage::joined;
    changed_.notify_all();
  }
  impatient.join();
}

CROSSPOOL_INLINE void hosted_pool::post_traced(bool last) {
  const std::lock_guard lock(trace_mutex_);
  outbox_.post(rank_message::of(rank_message_kind::traced, id_, traced_head{std::exchange(traced_, {}), last}));
}

CROSSPOOL_INLINE auto hosted_pool::failed(const std::exception_ptr& why) const -> rank_message {
  return {rank_message_kind::failed, id_, encoded(why), {}};
}

CROSSPOOL_INLINE std::exception_ptr hosted_pool::failure() const {
  try {
    engine_->demand_open_now();
  } catch (const pool_closed&) { // it was told to
  } catch (...) {
    return std::current_exception();
  }
  return nullptr;
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
