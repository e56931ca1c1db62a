// The queue between the program and one worker, in memory that both share. The program fills slots, each some items of
// a request; the worker claims items of a slot one after the other, writes what became of them into reply blocks, and
// moves on. Items that it has not claimed the program can take back, as both change one word for that. There is no
// lock: a worker can end at any instruction, and what it has claimed and published says what became of each item.
//
// Either side sleeps when there is nothing to do, after it has said so and has looked once more, until its bell rings:
// that of the worker, when there is a slot, and that of the program, when a worker reaches the slot that the program
// waits for (the idea of event indices in virtio). Bells are eventfds: a socket's or a pipe's wake-up takes it that the
// waker is about to sleep, and brings both onto one processor. The worker's socket tells it the program's end.
#ifndef CROSSPOOL_WIRE_QUEUE_HPP
#define CROSSPOOL_WIRE_QUEUE_HPP

#include <crosspool/os/memory_use.hpp>
#include <crosspool/os/shared_memory.hpp>
#include <crosspool/stats.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace CROSSPOOL_NAMESPACE::detail {

/// Items of a request, by their places in it.
struct item_range {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  [[nodiscard]] std::uint32_t size() const noexcept { return end - begin; }
  [[nodiscard]] bool empty() const noexcept { return begin == end; }
};

/// The items of a slot that nobody has claimed yet. What is claimed is begun.
class unclaimed_items {
public:
  void set(item_range items) noexcept { word_.store(pack(items), std::memory_order_relaxed); }
  [[nodiscard]] item_range get() const noexcept { return unpack(word_.load(std::memory_order_acquire)); }

  /// The first of them, but no more than at_most.
  item_range claim(std::uint32_t at_most) noexcept;
  /// The last of them, without the first `left`. What is left begins where it began: behind the last that was claimed.
  item_range take_back(std::uint32_t left) noexcept;

private:
  struct parts {
    item_range taken, rest;
  };

  static std::uint64_t pack(item_range r) noexcept { return std::uint64_t{r.begin} << 32U | r.end; }
  static item_range unpack(std::uint64_t word) noexcept {
    return {static_cast<std::uint32_t>(word >> 32U), static_cast<std::uint32_t>(word)};
  }
  template <class Choose> item_range take(Choose choose) noexcept {
    auto word = word_.load(std::memory_order_acquire);
    for (;;) {
      const auto all = unpack(word);
      if (all.begin >= all.end)
        return {all.end, all.end};
      const auto [taken, rest] = choose(all);
      if (word_.compare_exchange_weak(word, pack(rest), std::memory_order_acq_rel, std::memory_order_acquire))
        return taken;
    }
  }

  std::atomic<std::uint64_t> word_;
};

/// Where an item comes from.
struct item_origin {
  std::uint64_t index = 0; // in its call
  std::uint64_t seed = 0;  // of the call
};

struct alignas(64) work_slot {
  unclaimed_items items;
  std::uint64_t request;   // where it is in the arena
  std::uint64_t size;      // of the request, in bytes
  std::uint32_t at_a_time; // items to claim together; 0: as the worker likes
  std::uint8_t timed;      // not 0: the worker is to note when it claims. Any byte may be found here
  std::uint8_t fail_fast;  // not 0: an item that fails is the last that the worker runs. Likewise
  item_origin origin;      // of the request's first item
  // The worker's:
  alignas(64) std::atomic<std::uint64_t> replies; // the first reply block, as offset; 0: none yet
  std::atomic<std::int64_t> begun;                // when the worker came to it, by the steady clock; 0: not yet
  std::atomic<float> nanoseconds;                 // that the worker took
  // Of the items that it claimed together, or of some claims in a row, those that took longest.
  std::atomic<float> slowest_nanoseconds;
  std::atomic<std::uint32_t> slowest_begin, slowest_end;
};
static_assert(sizeof(work_slot) == 128);

/// Times as another process says them.
std::chrono::steady_clock::time_point time_said(const std::atomic<std::int64_t>& by_another) noexcept;
std::chrono::nanoseconds time_said(const std::atomic<float>& by_another) noexcept;

/// What a worker must not exceed; in bytes, 0: no limit.
struct worker_limits {
  std::uint64_t memory = 0; // options.memory_limit
  std::uint64_t growth = 0; // options.max_memory_per_worker
};
/// In memory that nobody has written over by mistake.
inline constexpr std::uint64_t unspoilt = 0x6c6f6f70'73736f72;

/// At the front of the memory that a worker shares with the program. Positions count slots and wrap around.
struct work_queue {
  static constexpr std::uint32_t slots = 256;

  alignas(64) std::atomic<std::uint32_t> tail; // slots filled: the program's
  std::atomic<std::uint32_t> ring_at;          // the program wants to be woken when head gets there: the program's
  std::atomic<std::uint64_t> mark;             // unspoilt, or somebody has written over this
  std::atomic<std::uint64_t> exit_function;    // where it is in the arena: the program's
  std::atomic<std::uint64_t> exit_size;        // of it, in bytes; 0: there is none
  alignas(64) std::atomic<std::uint32_t> head; // slots done: the worker's
  std::atomic<std::uint32_t> asleep;           // odd while the worker sleeps; each sleep has its number: the worker's
  std::atomic<int> processor;                  // that the worker ran on last: the worker's
  std::atomic<int> pid;                        // the worker's, as it says itself
  std::atomic<std::int64_t> claimed_at;        // when it claimed last, where that is to be noted: the worker's
  worker_limits limits;                        // the program's
  work_slot slot[slots];
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

/// At the front of a block of a worker's replies; what replies.hpp writes comes behind it.
struct alignas(64) reply_block {
  std::atomic<std::uint64_t> next;      // the block that goes on where this one ends, as offset; 0: none
  std::atomic<std::uint64_t> used;      // bytes
  std::atomic<std::uint32_t> published; // items
  std::atomic<std::uint32_t> free;      // the program has read it
  std::uint64_t capacity;               // bytes; the worker's own
  std::atomic<std::uint64_t> mark;      // unspoilt, or somebody has written over this

  [[nodiscard]] std::byte* data() noexcept { return reinterpret_cast<std::byte*>(this + 1); }
};

inline constexpr std::size_t reply_blocks_begin = (sizeof(work_queue) + 4095) / 4096 * 4096;

/// A task has written over the memory that its worker shares with the program. Worse than anything that an item ends
/// with: the worker must end, as it may have lost what it still has to do and how to wake the program.
class spoilt_memory : public error {
  using error::error;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/wire/queue.ipp>
#endif

#endif
