// What the heads of messages say, by their kinds. Times travel as whole numbers.
#ifndef CROSSPOOL_RANKS_HEADS_HPP
#define CROSSPOOL_RANKS_HEADS_HPP

#include <crosspool/stats.hpp>

#include <chrono>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

struct open_head {
  std::int32_t workers;
  std::int32_t first_worker; // the number that this rank's first one has in the pool
  std::uint64_t max_tasks_per_worker, memory_limit, max_memory_per_worker;
  std::int64_t task_timeout, start_timeout, grace_period; // in milliseconds
  bool wants_output;
  bool threads; // instead of processes
};

struct batch_head {
  std::uint64_t number;
  std::uint64_t seed;   // of the call, by which it is known
  std::int64_t timeout; // in nanoseconds
  std::uint64_t first;  // index in the call
  double pace;          // of the call, in nanoseconds an item; 0: not known
  std::uint32_t retries;
  std::uint32_t items;
  std::uint32_t at_a_time;
  std::int32_t priority;
  bool fail_fast;
  std::string verb;
  std::vector<std::uint64_t> broadcasts; // the numbers of those it refers to
};

enum class piece_kind : std::uint8_t { records, abandoned, no_memory };

/// Some items of a batch, and what became of them: records in a part of the body, or nothing.
struct answered_piece {
  std::uint32_t begin, end;
  piece_kind kind;
};
struct answer_head {
  std::uint64_t number;
  double pace;
  std::int64_t held; // how long it was with the rank, in nanoseconds
  std::vector<answered_piece> pieces;
};

struct output_head {
  std::int32_t worker;
  std::string line;
};

/// Stats as they travel.
struct worker_stats_head {
  std::uint64_t tasks, bytes_sent, bytes_received, restarts;
  std::int64_t busy, waiting; // in nanoseconds
};
struct slow_item_head {
  std::string verb;
  std::uint64_t index, count;
  std::int64_t duration;
  std::int32_t worker;
};
struct stats_head {
  std::vector<worker_stats_head> workers;
  std::vector<slow_item_head> slowest;
};

struct trace_head {
  bool on;
  std::int64_t now; // by the program's clock, in nanoseconds
};
struct traced_event {
  std::int32_t worker;
  std::string mark, verb;
  std::uint64_t first, count;
  std::int64_t begin, end; // by the program's clock
};
struct traced_head {
  std::vector<traced_event> events;
  bool last; // there are no more
};

/// What became of the exit function in one worker: an answer as that gives it, or an error.
struct exited_worker {
  std::int32_t worker;
  bool ran;
  std::vector<std::uint8_t> said;
};

struct given_back_head {
  std::uint64_t number;
  bool was_begun; // and is not given back
};

/// A verb's name as a string that is there for good.
inline std::string_view interned(const std::string& text) {
  static std::mutex mutex;
  static auto& all = *new std::set<std::string>;
  const std::lock_guard lock(mutex);
  return *all.insert(text).first;
}

inline stats_head to_head(const pool_stats& stats, int first_worker) {
  stats_head head;
  for (const auto& w : stats.workers)
    head.workers.push_back({w.tasks, w.bytes_sent, w.bytes_received, w.restarts, w.busy.count(), w.waiting.count()});
  for (const auto& s : stats.slowest)
    head.slowest.push_back({std::string(s.verb), s.index, s.count, s.duration.count(), first_worker + s.worker});
  return head;
}
inline pool_stats from_head(const stats_head& head) {
  pool_stats stats;
  for (const auto& w : head.workers)
    stats.workers.push_back({w.tasks, std::chrono::nanoseconds(w.busy), std::chrono::nanoseconds(w.waiting),
                             w.bytes_sent, w.bytes_received, w.restarts});
  for (const auto& s : head.slowest)
    stats.slowest.push_back({interned(s.verb), s.index, s.count, std::chrono::nanoseconds(s.duration), s.worker});
  return stats;
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
