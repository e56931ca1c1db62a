// The program's end of the queue.
#ifndef CROSSPOOL_WIRE_PROGRAM_QUEUE_HPP
#define CROSSPOOL_WIRE_PROGRAM_QUEUE_HPP

#include <crosspool/os/memory_use.hpp>
#include <crosspool/os/shared_memory.hpp>
#include <crosspool/stats.hpp>
#include <crosspool/wire/queue.hpp>

#include <atomic>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace crosspool::detail {

/// The program's end. One thread at a time. Nothing in the shared memory is believed.
class parent_queue {
public:
  parent_queue() = default;
  /// Throws start_failed.
  static parent_queue create(const worker_limits& limits = {}) {
    parent_queue made;
    made.memory_ = std::make_shared<shared_memory>(shared_memory::create(reply_blocks_begin));
    made.door_ = std::make_unique<wake_up>();
    auto& queue = *::new (made.memory_->data()) work_queue{};
    queue.processor.store(-1, std::memory_order_relaxed);
    queue.limits = limits;
    queue.mark.store(unspoilt, std::memory_order_relaxed);
    made.stop_waiting();
    return made;
  }

  /// For the worker's end.
  void set_exit_function(std::uint64_t at, std::uint64_t size) const {
    queue().exit_function.store(at, std::memory_order_relaxed);
    queue().exit_size.store(size, std::memory_order_release);
  }

  /// The worker's bell.
  [[nodiscard]] int door() const noexcept { return door_->get(); }
  [[nodiscard]] const std::shared_ptr<shared_memory>& memory() const noexcept { return memory_; }
  [[nodiscard]] std::uint32_t outstanding() const noexcept { return tail_ - seen_; }
  [[nodiscard]] bool full() const noexcept { return outstanding() == work_queue::slots; }
  /// Whether the worker is awake, and began its last slot on this processor.
  [[nodiscard]] bool runs_on(int processor) const noexcept {
    return queue().asleep.load(std::memory_order_relaxed) % 2 == 0 &&
           queue().processor.load(std::memory_order_relaxed) == processor;
  }

  /// Fills a slot and wakes the worker.
  void push(item_range items, std::uint64_t request, std::uint64_t size, std::uint32_t at_a_time, bool timed = false,
            bool fail_fast = false, const item_origin& origin = {}) {
    auto& s = queue().slot[tail_ % work_queue::slots];
    s.items.set(items);
    s.request = request;
    s.size = size;
    s.at_a_time = at_a_time;
    s.timed = timed ? 1 : 0;
    s.fail_fast = fail_fast ? 1 : 0;
    s.origin = origin;
    s.replies.store(0, std::memory_order_relaxed);
    s.begun.store(0, std::memory_order_relaxed);
    s.nanoseconds.store(0, std::memory_order_relaxed);
    queue().tail.store(++tail_, std::memory_order_seq_cst);
    const auto sleep = queue().asleep.load(std::memory_order_seq_cst);
    if (sleep % 2 == 1 && sleep != rung_) {
      rung_ = sleep;
      door_->give();
    }
  }

  /// Whether the oldest slot is done. Throws crosspool::error if the worker's count makes no sense.
  [[nodiscard]] bool oldest_is_done() const {
    const auto done = queue().head.load(std::memory_order_acquire) - seen_;
    if (done > outstanding())
      throw error("crosspool: a worker has done what it was not given");
    return done != 0;
  }
  /// The i-th slot that is not done, from the oldest.
  [[nodiscard]] work_slot& at(std::uint32_t i) const noexcept { return queue().slot[(seen_ + i) % work_queue::slots]; }
  void pop() noexcept { ++seen_; }
  /// How many slots had been done before the oldest, modulo 2^32.
  [[nodiscard]] std::uint32_t position() const noexcept { return seen_; }
  /// Whose process says that it serves this; 0: none yet. For words only.
  [[nodiscard]] int claimed_pid() const noexcept { return queue().pid.load(std::memory_order_relaxed); }
  /// When the worker last claimed an item of a slot that is timed, as it says.
  [[nodiscard]] std::chrono::steady_clock::time_point claimed_at() const noexcept {
    return time_said(queue().claimed_at);
  }

  /// The worker is to ring when it is done with the first n slots, 1 … outstanding(). False if it is already.
  [[nodiscard]] bool ring_after(std::uint32_t n) const {
    queue().ring_at.store(seen_ + n, std::memory_order_seq_cst);
    return queue().head.load(std::memory_order_seq_cst) - seen_ < n;
  }
  void stop_waiting() const { queue().ring_at.store(tail_ + (1U << 31U), std::memory_order_relaxed); }

  struct found_block {
    reply_block* block;
    std::span<const std::byte> bytes;
    std::uint32_t published;
  };
  /// The reply block at this offset; nothing if there is none.
  [[nodiscard]] std::optional<found_block> block(std::uint64_t offset) const {
    if (offset < reply_blocks_begin || offset % alignof(reply_block) != 0 || !memory_->has(offset, sizeof(reply_block)))
      return std::nullopt;
    auto* const block = reinterpret_cast<reply_block*>(memory_->data() + offset);
    const auto published = block->published.load(std::memory_order_acquire);
    const auto used = block->used.load(std::memory_order_relaxed);
    if (!memory_->has(offset + sizeof(reply_block), used) || !is_unspoilt(*block))
      return std::nullopt;
    return found_block{block, {block->data(), used}, published};
  }
  /// Whether what was read from it is what the worker has written there, as far as can be told.
  [[nodiscard]] bool is_unspoilt(const reply_block& block) const noexcept {
#ifndef __SANITIZE_THREAD__ // which knows no fences, and sees one process only
    std::atomic_thread_fence(std::memory_order_acquire);
#endif
    return block.mark.load(std::memory_order_relaxed) == unspoilt &&
           queue().mark.load(std::memory_order_relaxed) == unspoilt;
  }

private:
  work_queue& queue() const noexcept { return *reinterpret_cast<work_queue*>(memory_->data()); }

  std::shared_ptr<shared_memory> memory_;
  std::unique_ptr<wake_up> door_;
  std::uint32_t tail_ = 0; // own copies: the worker might change those in memory
  std::uint32_t seen_ = 0;
  std::uint32_t rung_ = 0;
};

} // namespace crosspool::detail

#endif
