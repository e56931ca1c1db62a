// What of wire/program_queue.hpp depends on no type of the user's.
#ifndef CROSSPOOL_WIRE_PROGRAM_QUEUE_IPP
#define CROSSPOOL_WIRE_PROGRAM_QUEUE_IPP

#include <crosspool/wire/program_queue.hpp>

#include <atomic>
#include <new>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE auto program_queue::create(const worker_limits& limits) -> program_queue {
  program_queue made;
  made.memory_ = std::make_shared<shared_memory>(shared_memory::create(reply_blocks_begin));
  made.door_ = std::make_unique<wake_up>();
  auto& queue = *::new (made.memory_->data()) work_queue{};
  queue.processor.store(-1, std::memory_order_relaxed);
  queue.limits = limits;
  queue.mark.store(unspoilt, std::memory_order_relaxed);
  made.stop_waiting();
  return made;
}

CROSSPOOL_INLINE void program_queue::set_exit_function(std::uint64_t at, std::uint64_t size) const {
  queue().exit_function.store(at, std::memory_order_relaxed);
  queue().exit_size.store(size, std::memory_order_release);
}

CROSSPOOL_INLINE bool program_queue::runs_on(int processor) const noexcept {
  return queue().asleep.load(std::memory_order_relaxed) % 2 == 0 &&
         queue().processor.load(std::memory_order_relaxed) == processor;
}

CROSSPOOL_INLINE void program_queue::push(item_range items, std::uint64_t request, std::uint64_t size,
                                          std::uint32_t at_a_time, bool timed, bool fail_fast,
                                          const item_origin& origin) {
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

CROSSPOOL_INLINE bool program_queue::oldest_is_done() const {
  const auto done = queue().head.load(std::memory_order_acquire) - seen_;
  if (done > outstanding())
    throw error("crosspool: a worker has done what it was not given");
  return done != 0;
}

CROSSPOOL_INLINE bool program_queue::ring_after(std::uint32_t n) const {
  queue().ring_at.store(seen_ + n, std::memory_order_seq_cst);
  return queue().head.load(std::memory_order_seq_cst) - seen_ < n;
}

CROSSPOOL_INLINE std::optional<program_queue::found_block> program_queue::block(std::uint64_t offset) const {
  if (offset < reply_blocks_begin || offset % alignof(reply_block) != 0 || !memory_->has(offset, sizeof(reply_block)))
    return std::nullopt;
  auto* const block = reinterpret_cast<reply_block*>(memory_->data() + offset);
  const auto published = block->published.load(std::memory_order_acquire);
  const auto used = block->used.load(std::memory_order_relaxed);
  if (!memory_->has(offset + sizeof(reply_block), used) || !is_unspoilt(*block))
    return std::nullopt;
  return found_block{block, {block->data(), used}, published};
}

CROSSPOOL_INLINE bool program_queue::is_unspoilt(const reply_block& block) const noexcept {
#ifndef __SANITIZE_THREAD__ // which knows no fences, and sees one process only
  std::atomic_thread_fence(std::memory_order_acquire);
#endif
  return block.mark.load(std::memory_order_relaxed) == unspoilt &&
         queue().mark.load(std::memory_order_relaxed) == unspoilt;
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
