// What of ranks/engine.hpp depends on no type of the user's.
#ifndef CROSSPOOL_RANKS_ENGINE_IPP
#define CROSSPOOL_RANKS_ENGINE_IPP

#include <crosspool/os/signals.hpp>
#include <crosspool/processes/line_deliverer.hpp>
#include <crosspool/ranks/engine.hpp>
#include <crosspool/ranks/heads.hpp>

#include <algorithm>
#include <chrono>
#include <new>
#include <span>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE rank_engine::rank_engine(const options& o, bool threads, const std::shared_ptr<const bytes>& setup,
                                          std::shared_ptr<rank_service> service)
    : engine_base(o, true), options_(o), service_(std::move(service)), requests_(std::make_shared<arena>()),
      broadcasts_(service_->ranks().size(), outgoing_),
      dispatcher_(service_->ranks().size(), o.workers, broadcasts_, outgoing_) {
  if (options_.on_output) {
    const no_signals meanwhile;
    output_ = std::make_unique<line_deliverer>(options_.on_output);
  }
  for (const auto& each : service_->ranks())
    ranks_.push_back({.is = each, .first_worker = workers()});
  std::unique_lock lock(mutex_);
  for (const auto& each : ranks_)
    open(each, threads, setup);
  lock.unlock();
  number_ = service_->add(*this);
  lock.lock();
  changed_.wait(lock, [&] { return !any_is(rank_state::opening); });
  if (!failure_)
    return;
  terminating_ = closing_ = true;
  wake();
  lock.unlock();
  join();
  std::rethrow_exception(failure_);
}

CROSSPOOL_INLINE rank_engine::~rank_engine() {
  close();
  join();
}

CROSSPOOL_INLINE auto rank_engine::stats() -> pool_stats {
  std::unique_lock lock(mutex_);
  for (auto& each : ranks_)
    if (each.state == rank_state::open && !std::exchange(each.owes_stats, true))
      tell(each, rank_message_kind::ask_stats, false);
  service_->wake();
  changed_.wait(lock, [&] { return std::ranges::none_of(ranks_, &remote_rank::owes_stats); });
  pool_stats all;
  slowest_items slowest;
  for (const auto& each : ranks_) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(options_.workers); ++i)
      all.workers.push_back(i < each.stats.workers.size() ? each.stats.workers[i] : worker_stats());
    for (const auto& item : each.stats.slowest)
      slowest.add(item);
  }
  all.slowest = slowest.list();
  return all;
}

CROSSPOOL_INLINE void rank_engine::trace_to(const std::string& path) {
  stop_trace();
  timeline_.start(path, workers());
  const std::lock_guard lock(mutex_);
  for (auto& each : ranks_)
    if (each.state == rank_state::open) {
      each.traces = true;
      const std::chrono::nanoseconds now = clock::now().time_since_epoch();
      tell(each, rank_message_kind::trace, trace_head{true, now.count()});
    }
  service_->wake();
}

CROSSPOOL_INLINE void rank_engine::stop_trace() {
  {
    std::unique_lock lock(mutex_);
    for (const auto& each : ranks_)
      if (each.state == rank_state::open && each.traces)
        tell(each, rank_message_kind::trace, trace_head{false, 0});
    service_->wake();
    changed_.wait(lock, [&] { return std::ranges::none_of(ranks_, &remote_rank::traces); });
  }
  timeline_.stop();
}

CROSSPOOL_INLINE bool rank_engine::submit(std::shared_ptr<remote_parcel> p, collector* by) {
  std::unique_lock lock(mutex_);
  if (terminating_ || p->abandoned()) {
    p->fail(terminating_ ? end_of_pool() : call_was_abandoned());
    return false;
  }
  auto& home = p->home();
  const auto priority = p->priority();
  dispatcher_.add(std::move(p));
  service_->wake();
  if (by != nullptr)
    drive(lock, clock::time_point::max(), by,
          [&] { return home.abandoned() || terminating_ || !dispatcher_.enough_queued(priority); });
  return true;
}

CROSSPOOL_INLINE void rank_engine::drive(completion& until, clock::time_point deadline, collector* to) {
  std::unique_lock lock(mutex_);
  drive(lock, deadline, to, [&] { return until.ready(); });
}

template <class Done>
void rank_engine::drive(std::unique_lock<std::mutex>& lock, clock::time_point deadline, collector* to,
                        const Done& done) {
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

CROSSPOOL_INLINE void rank_engine::cancel(completion& call) {
  const std::lock_guard lock(mutex_);
  dispatcher_.cancel(call);
  wake();
}

CROSSPOOL_INLINE void rank_engine::at_exit(const std::shared_ptr<remote_exit>& made) {
  const std::lock_guard lock(mutex_);
  set_exit_function(exit_, made);
  const auto& function = made->function();
  for (const auto& each : ranks_)
    if (each.state == rank_state::open) {
      const auto to = index_of(each);
      auto message = rank_message::of(rank_message_kind::exit_function, 0, broadcasts_.send(to, function.kept()));
      message.body.push_back({{function.data(), function.size()}, made});
      outgoing_.emplace_back(to, std::move(message));
    }
  service_->wake();
}

CROSSPOOL_INLINE void rank_engine::terminate() {
  const std::lock_guard lock(mutex_);
  closing_ = terminating_ = true;
  wake();
}

CROSSPOOL_INLINE void rank_engine::join() {
  const std::lock_guard once(join_mutex_);
  if (joined_)
    return;
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return all_are(rank_state::closed); });
  }
  service_->remove(number_);
  output_.reset();
  timeline_.close();
  joined_ = true;
}

CROSSPOOL_INLINE void rank_engine::wake() {
  changed_.notify_all();
  service_->wake();
}

// ---- its ranks ----

CROSSPOOL_INLINE bool rank_engine::any_is(rank_state s) const noexcept {
  return std::ranges::find(ranks_, s, &remote_rank::state) != ranks_.end();
}

CROSSPOOL_INLINE bool rank_engine::all_are(rank_state s) const noexcept {
  return std::ranges::all_of(ranks_, [&](const remote_rank& each) { return each.state == s; });
}

CROSSPOOL_INLINE void rank_engine::set_state(remote_rank& of, rank_state s) noexcept {
  of.state = s;
  dispatcher_.let_take(index_of(of), s == rank_state::open);
}

CROSSPOOL_INLINE void rank_engine::open(const remote_rank& to, bool threads,
                                        const std::shared_ptr<const bytes>& setup) {
  auto message = rank_message::of(rank_message_kind::open, 0,
                                  open_head{options_.workers, to.first_worker, options_.max_tasks_per_worker,
                                            options_.memory_limit, options_.max_memory_per_worker,
                                            options_.task_timeout.count(), options_.start_timeout.count(),
                                            options_.grace_period.count(), output_ != nullptr, threads});
  message.body.push_back({*setup, setup});
  outgoing_.emplace_back(index_of(to), std::move(message));
}

CROSSPOOL_INLINE void rank_engine::close_ranks() {
  for (auto& each : ranks_)
    if (each.state == rank_state::open || each.state == rank_state::failed) {
      set_state(each, rank_state::closing);
      tell(each, rank_message_kind::close, false);
    }
}

CROSSPOOL_INLINE void rank_engine::end_everything() {
  for (auto& each : ranks_)
    if (each.state != rank_state::opening && each.state != rank_state::terminating &&
        each.state != rank_state::closed) {
      set_state(each, rank_state::terminating);
      tell(each, rank_message_kind::terminate, false);
    }
  dispatcher_.fail_everything(end_of_pool());
  changed_.notify_all();
}

// ---- the service's thread: what is sent, and what comes ----

CROSSPOOL_INLINE bool rank_engine::send(rank_link& to, std::uint32_t number) {
  outgoing_messages messages;
  {
    const std::lock_guard lock(mutex_);
    if (terminating_)
      end_everything();
    broadcasts_.forget_gone();
    if (dispatcher_.deal())
      changed_.notify_all(); // there is room for more
    if (!expects_parcels() && dispatcher_.holds_nothing())
      close_ranks();
    messages.swap(outgoing_);
  }
  for (auto& [rank, message] : messages) {
    message.pool = number;
    to.send(ranks_[rank].is.number, std::move(message));
  }
  return !messages.empty();
}

CROSSPOOL_INLINE bool rank_engine::expects_something() {
  const std::lock_guard lock(mutex_);
  return !dispatcher_.nothing_is_out() || !all_are(rank_state::open) || output_ != nullptr ||
         std::ranges::any_of(ranks_, [](const remote_rank& each) { return each.owes_stats || each.traces; });
}

CROSSPOOL_INLINE void rank_engine::cut_off() {
  const std::lock_guard lock(mutex_);
  closing_ = terminating_ = true;
  end_everything();
  outgoing_.clear();
  for (auto& each : ranks_) {
    set_state(each, rank_state::closed);
    each.owes_stats = each.traces = false;
  }
  if (exit_)
    exit_->finish();
}

CROSSPOOL_INLINE std::byte* rank_engine::place(const arriving_message& message) {
  try {
    arrived_ = std::make_shared<arena_buffer>(requests_, message.body);
    return arrived_->extend(message.body);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

CROSSPOOL_INLINE void rank_engine::received(const arriving_message& message) {
  const auto body = std::exchange(arrived_, nullptr);
  const std::lock_guard lock(mutex_);
  const auto from = std::ranges::find(ranks_, message.from, [](const remote_rank& each) { return each.is.number; });
  if (from == ranks_.end())
    return;
  switch (message.kind) {
  case rank_message_kind::opened:
    set_state(*from, rank_state::open);
    break;
  case rank_message_kind::failed:
    failure_of(*from, message.head);
    break;
  case rank_message_kind::answer:
    if (dispatcher_.take_answer(message, body))
      ++answers_;
    break;
  case rank_message_kind::given_back:
    dispatcher_.take_back(message.read<given_back_head>());
    break;
  case rank_message_kind::output:
    if (auto line = message.read<output_head>(); output_)
      output_->add(line.worker, std::move(line.line));
    return;
  case rank_message_kind::stats:
    from->stats = from_head(message.read<stats_head>());
    from->owes_stats = false;
    break;
  case rank_message_kind::traced: {
    const auto traced = message.read<traced_head>();
    from->traces = from->traces && !traced.last;
    draw(traced);
    break;
  }
  case rank_message_kind::exited:
    keep_exit(message.read<exited_worker>());
    break;
  case rank_message_kind::closed:
    end_of(*from, from_head(message.read<stats_head>()));
    break;
  default:
    return;
  }
  changed_.notify_all();
}

CROSSPOOL_INLINE void rank_engine::failure_of(remote_rank& of, byte_view encoded) {
  auto why = decode_exception(encoded);
  try {
    std::rethrow_exception(why);
  } catch (const std::exception& e) {
    why = std::make_exception_ptr(start_failed(e.what() + (" (on " + of.is.name() + ")")));
  }
  const bool was_opening = of.state == rank_state::opening;
  if (of.state != rank_state::terminating)
    set_state(of, rank_state::failed);
  if (was_opening || all_are(rank_state::failed)) {
    if (!failure_)
      failure_ = why;
    if (!was_opening)
      closing_ = terminating_ = true;
  }
}

CROSSPOOL_INLINE void rank_engine::draw(const traced_head& traced) {
  const auto time = [](std::int64_t said) { return clock::time_point(std::chrono::nanoseconds(said)); };
  for (const auto& e : traced.events)
    if (const auto worker = static_cast<std::size_t>(e.worker); e.mark.empty())
      timeline_.slice(worker, e.verb, e.first, e.count, time(e.begin), time(e.end));
    else if (e.verb.empty())
      timeline_.mark(worker, e.mark, time(e.begin));
    else
      timeline_.mark(worker, e.mark, e.verb, e.first, time(e.begin));
}

CROSSPOOL_INLINE void rank_engine::keep_exit(const exited_worker& worker) {
  if (!exit_)
    return;
  const byte_view said = std::as_bytes(std::span(worker.said));
  auto view = said;
  if (worker.ran)
    exit_->answered(worker.worker, said);
  else
    exit_->failed(worker.worker, decode_exception(view));
}

CROSSPOOL_INLINE void rank_engine::end_of(remote_rank& of, pool_stats stats) {
  of.stats = std::move(stats);
  set_state(of, rank_state::closed);
  of.owes_stats = of.traces = false;
  if (exit_ && all_are(rank_state::closed))
    exit_->finish();
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
