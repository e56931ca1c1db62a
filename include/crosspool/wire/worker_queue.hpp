// The worker's end of the queue.
#ifndef CROSSPOOL_WIRE_WORKER_QUEUE_HPP
#define CROSSPOOL_WIRE_WORKER_QUEUE_HPP

#include <crosspool/os/memory_use.hpp>
#include <crosspool/os/shared_memory.hpp>
#include <crosspool/os/waiting.hpp>
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

/// The worker's end. One thread. Keeps its own copies of its counts: spoilt memory is to be noticed, not followed.
class worker_queue {
public:
  /// socket: which the program closes at the end. own: made by the program, to be grown here. door: the bell for this
  /// worker; bell: that for the program.
  worker_queue(int socket, shared_memory own, shared_memory requests, descriptor door, descriptor bell)
      : socket_(socket), own_(std::move(own)), requests_(std::move(requests)), door_(std::move(door)),
        bell_(std::move(bell)) {
    queue().pid.store(static_cast<int>(::getpid()), std::memory_order_relaxed);
  }

  [[nodiscard]] const worker_limits& limits() const noexcept { return queue().limits; }
  [[nodiscard]] shared_memory& requests() noexcept { return requests_; }
  /// From now on the worker ends, between two items, when it has grown too large.
  /// It runs at_end() first.
  void watch_growth(std::function<void()> at_end) {
    growth_ = memory_growth(limits().growth);
    at_end_ = std::move(at_end);
  }
  /// Empty if there is none.
  [[nodiscard]] std::span<const std::byte> exit_function() {
    const auto size = queue().exit_size.load(std::memory_order_acquire);
    const auto at = queue().exit_function.load(std::memory_order_relaxed);
    if (size == 0 || !requests_.has(at, size))
      return {};
    return {requests_.data() + at, size};
  }

  /// Waits for a slot with items. False if the program wants no more of this worker, or is gone.
  bool wait() {
    if (has_slot() || spinner_.spin([&] { return has_slot(); }))
      return true;
    while (open_)
      if (sleep())
        return true;
    return has_slot();
  }

  /// The request that the slot's items are of; empty if it is not there.
  [[nodiscard]] std::span<const std::byte> request() {
    const auto& s = current();
    if (!requests_.has(s.request, s.size))
      return {};
    return {requests_.data() + s.request, s.size};
  }

  /// Claims the slot's first items. False if it has none any more: its request may be gone then, too.
  bool begin_slot() {
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

  /// The next items to run; empty when the slot has no more. As the worker likes means about as many as take a
  /// microsecond, so that the time for claiming does not count and others can have the rest.
  item_range claim() {
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
  /// An item has failed: where that ends its call, this slot and further ones of the call have no more.
  void note_failure() noexcept {
    if (current().fail_fast != 0) {
      is_over_ = true;
      failed_ = current().origin.seed;
    }
  }
  [[nodiscard]] item_origin origin() const noexcept { return current().origin; }
  /// What it shares with the program.
  [[nodiscard]] work_queue& shared() const noexcept { return queue(); }
  /// Items of this slot that were claimed so far.
  [[nodiscard]] std::size_t claimed() const noexcept { return claimed_items_; }

  /// The slot is done.
  void end_slot() {
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

  // ---- reply blocks ----

  /// A block for this many bytes. Throws std::bad_alloc.
  reply_block& take_block(std::size_t size) {
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
  [[nodiscard]] std::uint64_t offset_of(const reply_block& block) const noexcept {
    return static_cast<std::uint64_t>(reinterpret_cast<const std::byte*>(&block) - own_.data());
  }
  void set_replies(const reply_block& first) noexcept {
    current().replies.store(offset_of(first), std::memory_order_release);
  }

  /// The memory is spoilt: sees to it that the program believes nothing in it, and throws.
  [[noreturn]] void give_up() {
    queue().head.store(head_ + (1U << 30U), std::memory_order_release);
    throw spoilt_memory("crosspool: a task has written over its worker's memory");
  }

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
  [[nodiscard]] bool has_slot() {
    const auto ahead = queue().tail.load(std::memory_order_acquire) - head_;
    if (ahead > work_queue::slots)
      give_up();
    return ahead != 0;
  }
  // What was claimed since the last look at the clock has been run. Returns how long that took.
  clock::duration measure(clock::time_point now) noexcept {
    const auto took = now - std::exchange(claimed_, now);
    const auto items = item_range{std::exchange(measured_, left_.begin), left_.begin};
    if (took > slowest_ && !items.empty()) {
      slowest_ = took;
      slowest_items_ = items;
    }
    return took;
  }
  item_range take_items(work_slot& s) {
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
  static reply_block& prepare(reply_block& block) {
    block.next.store(0, std::memory_order_relaxed);
    block.used.store(0, std::memory_order_relaxed);
    block.published.store(0, std::memory_order_relaxed);
    block.free.store(0, std::memory_order_relaxed);
    block.mark.store(unspoilt, std::memory_order_relaxed);
    return block;
  }

  // Between two items, all that is known of this worker is in its queue: it can simply end.
  void leave_if_grown() {
    if (has_run_ && growth_.is_limited() && growth_.is_exceeded(claimed_)) {
      at_end_();
      end_worker(EXIT_SUCCESS);
    }
  }

  // Whether there is a slot now.
  bool sleep() {
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

  // Memory of blocks that nobody uses goes back to the system, but for a first part.
  void give_back() const {
    for (const auto& [offset, size] : blocks_)
      if (offset > kept && block_at(offset).free.load(std::memory_order_acquire) != 0)
        own_.give_back(offset + sizeof(reply_block), size - sizeof(reply_block));
  }

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

} // namespace crosspool::detail

#endif
