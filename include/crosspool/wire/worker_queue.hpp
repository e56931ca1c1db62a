// The worker's end of the queue.
#ifndef CROSSPOOL_WIRE_WORKER_QUEUE_HPP
#define CROSSPOOL_WIRE_WORKER_QUEUE_HPP

#include <crosspool/os/memory_use.hpp>
#include <crosspool/os/shared_memory.hpp>
#include <crosspool/os/waiting.hpp>
#include <crosspool/wire/queue.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

/// The worker's end. One thread. Keeps its own copies of its counts: spoilt memory is to be noticed, not followed.
class worker_queue {
public:
  /// socket: which the program closes at the end. own: made by the program, to be grown here. door: the bell for this
  /// worker; bell: that for the program.
  worker_queue(int socket, shared_memory own, shared_memory requests, descriptor door, descriptor bell);

  [[nodiscard]] const worker_limits& limits() const noexcept { return queue().limits; }
  [[nodiscard]] shared_memory& requests() noexcept { return requests_; }
  /// From now on the worker ends, between two items, when it has grown too large.
  /// It runs at_end() first.
  void watch_growth(std::function<void()> at_end);
  /// Empty if there is none.
  [[nodiscard]] std::span<const std::byte> exit_function();

  /// Waits for a slot with items. False if the program wants no more of this worker, or is gone.
  bool wait();

  /// The request that the slot's items are of; empty if it is not there.
  [[nodiscard]] std::span<const std::byte> request();

  /// Claims the slot's first items. False if it has none any more: its request may be gone then, too.
  bool begin_slot();

  /// The next items to run; empty when the slot has no more. As the worker likes means about as many as take a
  /// microsecond, so that the time for claiming does not count and others can have the rest.
  item_range claim();
  /// An item has failed: where that ends its call, this slot and further ones of the call have no more.
  void note_failure() noexcept;
  [[nodiscard]] item_origin origin() const noexcept { return current().origin; }
  /// What it shares with the program.
  [[nodiscard]] work_queue& shared() const noexcept { return queue(); }
  /// Items of this slot that were claimed so far.
  [[nodiscard]] std::size_t claimed() const noexcept { return claimed_items_; }

  /// The slot is done.
  void end_slot();

  // ---- reply blocks ----

  /// A block for this many bytes. Throws std::bad_alloc.
  reply_block& take_block(std::size_t size);
  [[nodiscard]] std::uint64_t offset_of(const reply_block& block) const noexcept;
  void set_replies(const reply_block& first) noexcept {
    current().replies.store(offset_of(first), std::memory_order_release);
  }

  /// The memory is spoilt: sees to it that the program believes nothing in it, and throws.
  [[noreturn]] void give_up();

private:
  using clock = std::chrono::steady_clock;
  static constexpr std::size_t kept = std::size_t{1} << 20U;

  struct placed {
    std::size_t offset;
    std::size_t size;
  };

  work_queue& queue() const noexcept { return *reinterpret_cast<work_queue*>(own_.data()); }
  work_slot& current() const noexcept { return queue().slot[head_ % work_queue::slots]; }
  reply_block& block_at(std::size_t offset) const noexcept {
    return *reinterpret_cast<reply_block*>(own_.data() + offset);
  }
  [[nodiscard]] bool has_slot();
  // What was claimed since the last look at the clock has been run. Returns how long that took.
  clock::duration measure(clock::time_point now) noexcept;
  item_range take_items(work_slot& s);
  static reply_block& prepare(reply_block& block);

  // Between two items, all that is known of this worker is in its queue: it can simply end.
  void leave_if_grown();

  // Whether there is a slot now.
  bool sleep();

  // Memory of blocks that nobody uses goes back to the system, but for a first part.
  void give_back() const;

  int socket_;
  shared_memory own_;
  shared_memory requests_;
  descriptor door_;
  descriptor bell_;
  std::uint32_t head_ = 0;
  std::uint32_t asleep_ = 0;
  bool open_ = true;
  spin_budget spinner_;
  memory_growth growth_;
  std::function<void()> at_end_;
  bool has_run_ = false; // an item: each worker does something before it ends
  std::uint32_t at_a_time_ = 0;
  std::size_t look_at_ = 0; // the clock, when the items before that have been claimed
  std::size_t stride_ = 1;
  clock::time_point begun_, claimed_;
  clock::duration slowest_{};
  item_range slowest_items_;
  std::uint32_t measured_ = 0; // the items before it have been
  item_range first_;           // claimed, and not handed out yet
  item_range left_;            // that may still be claimed
  std::size_t claimed_items_ = 0;
  bool is_over_ = false;                // the slot's call, as an item has failed
  std::optional<std::uint64_t> failed_; // the seed of the last call of which one has
  std::vector<placed> blocks_;
  std::size_t end_ = reply_blocks_begin;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/wire/worker_queue.ipp>
#endif

#endif
