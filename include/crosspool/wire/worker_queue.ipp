// What of wire/worker_queue.hpp depends on no type of the user's.
#ifndef CROSSPOOL_WIRE_WORKER_QUEUE_IPP
#define CROSSPOOL_WIRE_WORKER_QUEUE_IPP

#include <crosspool/wire/worker_queue.hpp>

#include <new>
#include <utility>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE worker_queue::worker_queue(int socket, shared_memory own, shared_memory requests, descriptor door,
                                            descriptor bell)
    : socket_(socket), own_(std::move(own)), requests_(std::move(requests)), door_(std::move(door)),
      bell_(std::move(bell)) {
  queue().pid.store(static_cast<int>(::getpid()), std::memory_order_relaxed);
}

CROSSPOOL_INLINE void worker_queue::watch_growth(std::function<void()> at_end) {
  growth_ = memory_growth(limits().growth);
  at_end_ = std::move(at_end);
}

CROSSPOOL_INLINE std::span<const std::byte> worker_queue::exit_function() {
  const auto size = queue().exit_size.load(std::memory_order_acquire);
  const auto at = queue().exit_function.load(std::memory_order_relaxed);
  if (size == 0 || !requests_.has(at, size))
    return {};
  return {requests_.data() + at, size};
}

CROSSPOOL_INLINE bool worker_queue::wait() {
  if (has_slot() || spinner_.spin([&] { return has_slot(); }))
    return true;
  while (open_)
    if (sleep())
      return true;
  return has_slot();
}

CROSSPOOL_INLINE std::span<const std::byte> worker_queue::request() {
  const auto& s = current();
  if (!requests_.has(s.request, s.size))
    return {};
  return {requests_.data() + s.request, s.size};
}

CROSSPOOL_INLINE bool worker_queue::begin_slot() {
  begun_ = claimed_ = clock::now();
  leave_if_grown();
  left_ = current().items.get();
  queue().processor.store(this_processor(), std::memory_order_relaxed);
  current().begun.store(begun_.time_since_epoch().count(), std::memory_order_relaxed);
  slowest_ = {};
  slowest_items_ = {};
  measured_ = left_.begin;
  look_at_ = 0;
  at_a_time_ = 1;
  stride_ = 1;
  claimed_items_ = 0;
  is_over_ = current().fail_fast != 0 && failed_ == current().origin.seed;
  first_ = is_over_ ? item_range() : take_items(current());
  return !first_.empty();
}

CROSSPOOL_INLINE auto worker_queue::claim() -> item_range {
  if (!first_.empty())
    return std::exchange(first_, {});
  auto& s = current();
  if (is_over_)
    return {};
  if (left_.begin >= look_at_) {
    const auto took = measure(clock::now());
    leave_if_grown();
    if (took > std::chrono::microseconds(1))
      at_a_time_ = at_a_time_ > 1 ? at_a_time_ / 2 : 1;
    else if (at_a_time_ < 256)
      at_a_time_ *= 2;
    stride_ = next_stride(stride_, took);
    look_at_ = s.at_a_time == 0 || s.timed != 0 ? 0 : left_.begin + s.at_a_time * stride_;
  }
  return take_items(s);
}

CROSSPOOL_INLINE void worker_queue::note_failure() noexcept {
  if (current().fail_fast != 0) {
    is_over_ = true;
    failed_ = current().origin.seed;
  }
}

CROSSPOOL_INLINE void worker_queue::end_slot() {
  auto& q = queue();
  if (q.mark.load(std::memory_order_relaxed) != unspoilt || q.head.load(std::memory_order_relaxed) != head_)
    give_up();
  auto& s = current();
  const auto now = clock::now();
  s.nanoseconds.store(static_cast<float>((now - begun_).count()), std::memory_order_relaxed);
  measure(now);
  s.slowest_nanoseconds.store(static_cast<float>(slowest_.count()), std::memory_order_relaxed);
  s.slowest_begin.store(slowest_items_.begin, std::memory_order_relaxed);
  s.slowest_end.store(slowest_items_.end, std::memory_order_relaxed);
  q.head.store(++head_, std::memory_order_seq_cst);
  if (q.ring_at.load(std::memory_order_seq_cst) == head_ || is_over_)
    static_cast<void>(::eventfd_write(bell_.get(), 1));
}

CROSSPOOL_INLINE auto worker_queue::take_block(std::size_t size) -> reply_block& {
  const auto whole = size_class::of(size + sizeof(reply_block)).size;
  for (const auto& each : blocks_)
    if (each.size == whole)
      if (auto& block = block_at(each.offset); block.free.load(std::memory_order_acquire) != 0)
        return prepare(block);
  own_.grow(end_ + whole);
  auto& block = *::new (own_.data() + end_) reply_block{};
  blocks_.push_back({end_, whole});
  block.capacity = whole - sizeof(reply_block);
  end_ += whole;
  return prepare(block);
}

CROSSPOOL_INLINE std::uint64_t worker_queue::offset_of(const reply_block& block) const noexcept {
  return static_cast<std::uint64_t>(reinterpret_cast<const std::byte*>(&block) - own_.data());
}

CROSSPOOL_INLINE void worker_queue::give_up() {
  queue().head.store(head_ + (1U << 30U), std::memory_order_release);
  throw spoilt_memory("crosspool: a task has written over its worker's memory");
}

CROSSPOOL_INLINE bool worker_queue::has_slot() {
  const auto ahead = queue().tail.load(std::memory_order_acquire) - head_;
  if (ahead > work_queue::slots)
    give_up();
  return ahead != 0;
}

CROSSPOOL_INLINE auto worker_queue::measure(clock::time_point now) noexcept -> clock::duration {
  const auto took = now - std::exchange(claimed_, now);
  const auto items = item_range{std::exchange(measured_, left_.begin), left_.begin};
  if (took > slowest_ && !items.empty()) {
    slowest_ = took;
    slowest_items_ = items;
  }
  return took;
}

CROSSPOOL_INLINE auto worker_queue::take_items(work_slot& s) -> item_range {
  if (s.timed != 0)
    queue().claimed_at.store(claimed_.time_since_epoch().count(), std::memory_order_relaxed);
  const auto items = s.items.claim(s.at_a_time != 0 ? s.at_a_time : at_a_time_);
  if (!items.empty()) {
    if (items.begin != left_.begin || items.end > left_.end)
      give_up();
    left_.begin = items.end;
  }
  claimed_items_ += items.size();
  has_run_ = has_run_ || !items.empty();
  return items;
}

CROSSPOOL_INLINE auto worker_queue::prepare(reply_block& block) -> reply_block& {
  block.next.store(0, std::memory_order_relaxed);
  block.used.store(0, std::memory_order_relaxed);
  block.published.store(0, std::memory_order_relaxed);
  block.free.store(0, std::memory_order_relaxed);
  block.mark.store(unspoilt, std::memory_order_relaxed);
  return block;
}

CROSSPOOL_INLINE void worker_queue::leave_if_grown() {
  if (has_run_ && growth_.is_limited() && growth_.is_exceeded(claimed_)) {
    at_end_();
    end_worker(EXIT_SUCCESS);
  }
}

CROSSPOOL_INLINE bool worker_queue::sleep() {
  auto& q = queue();
  asleep_ = (asleep_ | 1U) + 2;
  q.asleep.store(asleep_, std::memory_order_seq_cst);
  if (q.tail.load(std::memory_order_seq_cst) == head_) {
    ::pollfd polled[] = {{door_.get(), POLLIN, 0}, {socket_, POLLIN, 0}};
    const bool holds_much = end_ > reply_blocks_begin + kept;
    int n = ::poll(polled, 2, holds_much ? 100 : -1);
    if (n == 0) {
      give_back();
      n = ::poll(polled, 2, -1);
    }
    eventfd_t rings = 0;
    if (polled[1].revents != 0 || (n < 0 && errno != EINTR) ||
        (polled[0].revents != 0 && ::eventfd_read(door_.get(), &rings) != 0))
      open_ = false;
  }
  q.asleep.store(++asleep_, std::memory_order_relaxed);
  return has_slot();
}

CROSSPOOL_INLINE void worker_queue::give_back() const {
  for (const auto& [offset, size] : blocks_)
    if (offset > kept && block_at(offset).free.load(std::memory_order_acquire) != 0)
      own_.give_back(offset + sizeof(reply_block), size - sizeof(reply_block));
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
