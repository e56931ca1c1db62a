// What of ranks/host.hpp depends on no type of the user's.
#ifndef CROSSPOOL_RANKS_HOST_IPP
#define CROSSPOOL_RANKS_HOST_IPP

#include <crosspool/ranks/heads.hpp>
#include <crosspool/ranks/host.hpp>
#include <crosspool/ranks/hosted_pool.hpp>

#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE rank_host::rank_host(const serving_rank& self) : where_(" (on " + self.name() + ")") {}

CROSSPOOL_INLINE rank_host::~rank_host() = default;

CROSSPOOL_INLINE std::byte* rank_host::place(const arriving_message& message) {
  auto* const pool = find(message.pool);
  switch (message.kind) {
  case rank_message_kind::batch:
    if (pool != nullptr)
      return pool->place(message.read<batch_head>(), message.body);
    break;
  case rank_message_kind::broadcast:
    if (pool != nullptr)
      return pool->place_broadcast(message.read<std::uint64_t>(), message.body);
    break;
  case rank_message_kind::exit_function:
    if (pool != nullptr)
      return pool->place_exit_function(message.read<std::vector<std::uint64_t>>(), message.body);
    break;
  default:
    break;
  }
  arrived_.resize(message.body);
  return arrived_.data();
}

CROSSPOOL_INLINE void rank_host::received(const arriving_message& message) {
  if (message.kind == rank_message_kind::end) {
    ended_ = true;
    return;
  }
  if (message.kind == rank_message_kind::open) {
    arrived_.resize(message.parts.at(0));
    pools_.emplace(message.pool,
                   std::make_unique<hosted_pool>(outbox_, message.pool, message.read<open_head>(),
                                                 std::make_shared<const bytes>(std::move(arrived_)), where_));
    arrived_ = {};
    return;
  }
  if (auto* const pool = find(message.pool))
    received(message, *pool);
}

CROSSPOOL_INLINE bool rank_host::send(rank_link& to, int program) {
  auto messages = outbox_.take_messages(); // before: when a pool has closed, all that it had has ended
  const auto ended = outbox_.take_ended();
  for (const auto& [pool, number] : ended)
    if (auto* const of = find(pool))
      for (auto& each : of->answer(number))
        to.send(program, std::move(each));
  for (auto& each : messages) {
    if (each.kind == rank_message_kind::closed)
      pools_.erase(each.pool);
    to.send(program, std::move(each));
  }
  return !ended.empty() || !messages.empty();
}

CROSSPOOL_INLINE auto rank_host::find(std::uint32_t pool) -> hosted_pool* {
  const auto found = pools_.find(pool);
  return found != pools_.end() ? found->second.get() : nullptr;
}

CROSSPOOL_INLINE void rank_host::received(const arriving_message& message, hosted_pool& pool) {
  switch (message.kind) {
  case rank_message_kind::batch:
    return pool.take(message.read<batch_head>());
  case rank_message_kind::drop:
    return pool.drop(message.read<std::uint64_t>());
  case rank_message_kind::cancel:
    return pool.cancel(message.read<std::uint64_t>());
  case rank_message_kind::give_back:
    return pool.give_back(message.read<std::uint64_t>());
  case rank_message_kind::forget:
    return pool.forget(message.read<std::uint64_t>());
  case rank_message_kind::exit_function:
    return pool.take_exit_function();
  case rank_message_kind::ask_stats:
    return outbox_.post(rank_message::of(rank_message_kind::stats, message.pool, pool.stats()));
  case rank_message_kind::trace:
    return pool.trace(message.read<trace_head>());
  case rank_message_kind::close:
    return pool.end(false);
  case rank_message_kind::terminate:
    return pool.end(true);
  default:
    return;
  }
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
