// What the program and the ranks that serve it say to each other, however it travels: a head, which is small and
// encoded, and a body, whose parts are sent from where they lie and arrive in a row where the receiver wants them.
#ifndef CROSSPOOL_RANKS_MESSAGE_HPP
#define CROSSPOOL_RANKS_MESSAGE_HPP

#include <crosspool/broadcast.hpp>
#include <crosspool/stats.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

enum class rank_message_kind : std::uint32_t {
  end, // of the program: the same in all versions
  // To a rank that serves:
  open,          // a pool
  batch,         // some items to run
  drop,          // what of a call has not begun
  cancel,        // a call
  broadcast,     // a value
  forget,        // it
  exit_function, // of the pool
  give_back,     // a batch that nobody has begun
  ask_stats,
  trace, // from now on, or not any more
  close,
  terminate,
  // From it:
  opened,
  failed, // to open, or for good later
  answer, // what became of a batch
  output, // a line that a worker has printed
  stats,
  traced, // some events
  exited, // a worker, and what became of the exit function in it
  given_back,
  closed
};

struct rank_message {
  /// Bytes that lie somewhere, and what keeps them there.
  struct part {
    byte_view bytes;
    std::shared_ptr<const void> kept;
  };

  rank_message_kind kind = rank_message_kind::end;
  std::uint32_t pool = 0;
  bytes head;
  std::vector<part> body;

  template <class Head> static rank_message of(rank_message_kind kind, std::uint32_t pool, const Head& head) {
    rank_message made{kind, pool, {}, {}};
    made.head.reserve(64); // or GCC 12 warns at -O3 of a write into an empty vector's memory
    detail::encode(made.head, head);
    return made;
  }
};

/// How far the next part of a body lies behind one of this size.
constexpr std::size_t stride_of_part(std::size_t size) noexcept {
  return (size + message_alignment - 1) / message_alignment * message_alignment;
}

/// A message that is arriving.
struct arriving_message {
  int from = 0; // rank
  rank_message_kind kind = rank_message_kind::end;
  std::uint32_t pool = 0;
  byte_view head;
  std::vector<std::uint64_t> parts; // of the body, in bytes
  std::size_t body = 0;             // how many bytes its parts take, each aligned

  template <class Head> [[nodiscard]] Head read() const {
    auto view = head;
    return decode<Head>(view);
  }
};

/// Who takes messages. One thread.
class rank_receiver {
public:
  rank_receiver() = default;
  rank_receiver(const rank_receiver&) = delete;
  rank_receiver& operator=(const rank_receiver&) = delete;
  /// Where the body is to lie, aligned, or null if nowhere; asked only if there is one. received() comes next.
  virtual std::byte* place(const arriving_message& message) = 0;
  virtual void received(const arriving_message& message) = 0;

protected:
  ~rank_receiver() = default;
};

/// A rank that serves.
struct serving_rank {
  int number = 0;
  std::string host;

  /// "rank 2 on node7"
  [[nodiscard]] std::string name() const { return "rank " + std::to_string(number) + " on " + host; }
};

/// The way to other ranks, and from them. One thread.
class rank_link {
public:
  rank_link() = default;
  rank_link(const rank_link&) = delete;
  rank_link& operator=(const rank_link&) = delete;
  virtual ~rank_link() = default;

  /// Does not wait until it has been sent.
  virtual void send(int to, rank_message message) = 0;
  /// Hands over what has come, without waiting for more. Whether there was anything.
  virtual bool receive(rank_receiver& to) = 0;
  /// Whether what comes is found only by looking.
  [[nodiscard]] virtual bool must_be_asked() = 0;
  /// Whether something is under way that goes on only while receive() is called.
  [[nodiscard]] virtual bool is_sending() = 0;
};

// ---- the heads ----

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

// A verb's name as a string that is there for good.
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

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
