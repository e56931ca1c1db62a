// The program's end of the queue.
#ifndef CROSSPOOL_WIRE_PROGRAM_QUEUE_HPP
#define CROSSPOOL_WIRE_PROGRAM_QUEUE_HPP

#include <crosspool/os/memory_use.hpp>
#include <crosspool/os/shared_memory.hpp>
#include <crosspool/stats.hpp>
#include <crosspool/wire/queue.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace CROSSPOOL_NAMESPACE::detail {

/// The program's end. One thread at a time. Nothing in the shared memory is believed.
class program_queue {
public:
  program_queue() = default;
  /// Throws start_failed.
  static program_queue create(const worker_limits& limits = {});

  /// For the worker's end.
  void set_exit_function(std::uint64_t at, std::uint64_t size) const;

  /// The worker's bell.
  [[nodiscard]] int door() const noexcept { return door_->get(); }
  [[nodiscard]] const std::shared_ptr<shared_memory>& memory() const noexcept { return memory_; }
  [[nodiscard]] std::uint32_t outstanding() const noexcept { return tail_ - seen_; }
  [[nodiscard]] bool full() const noexcept { return outstanding() == work_queue::slots; }
  /// Whether the worker is awake, and began its last slot on this processor.
  [[nodiscard]] bool runs_on(int processor) const noexcept;

  /// Fills a slot and wakes the worker.
  void push(item_range items, std::uint64_t request, std::uint64_t size, std::uint32_t at_a_time, bool timed = false,
            bool fail_fast = false, const item_origin& origin = {});

  /// Whether the oldest slot is done. Throws crosspool::error if the worker's count makes no sense.
  [[nodiscard]] bool oldest_is_done() const;
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
  [[nodiscard]] bool ring_after(std::uint32_t n) const;
  void stop_waiting() const { queue().ring_at.store(tail_ + (1U << 31U), std::memory_order_relaxed); }

  struct found_block {
    reply_block* block;
    std::span<const std::byte> bytes;
    std::uint32_t published;
  };
  /// The reply block at this offset; nothing if there is none.
  [[nodiscard]] std::optional<found_block> block(std::uint64_t offset) const;
  /// Whether what was read from it is what the worker has written there, as far as can be told.
  [[nodiscard]] bool is_unspoilt(const reply_block& block) const noexcept;

private:
  work_queue& queue() const noexcept { return *reinterpret_cast<work_queue*>(memory_->data()); }

  std::shared_ptr<shared_memory> memory_;
  std::unique_ptr<wake_up> door_;
  std::uint32_t tail_ = 0; // own copies: the worker might change those in memory
  std::uint32_t seen_ = 0;
  std::uint32_t rung_ = 0;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/wire/program_queue.ipp>
#endif

#endif
