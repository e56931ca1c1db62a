// The queue between the program and one worker, in memory that both share. The program fills slots, each some items of
// a request; the worker claims items of a slot one after the other, writes what became of them into reply blocks, and
// moves on. Items that it has not claimed the program can take back, as both change one word for that. There is no
// lock: a worker can end at any instruction, and what it has claimed and published says what became of each item.
//
// Either side sleeps when there is nothing to do, after it has said so and has looked once more, until its bell rings:
// that of the worker, when there is a slot, and that of the program, when a worker reaches the slot that the program
// waits for (the idea of event indices in virtio). Bells are eventfds: a socket's or a pipe's wake-up takes it that the
// waker is about to sleep, and brings both onto one processor. The worker's socket tells it the program's end.
#ifndef CROSSPOOL_WORK_QUEUE_HPP
#define CROSSPOOL_WORK_QUEUE_HPP

#include <crosspool/memory_growth.hpp>
#include <crosspool/shared_memory.hpp>
#include <crosspool/stats.hpp>

#include <atomic>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <sched.h>
#include <span>
#include <utility>
#include <vector>

namespace crosspool::detail {

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
  item_range claim(std::uint32_t at_most) noexcept {
    return take([&](item_range all) {
      const auto middle = all.begin + (at_most < all.size() ? at_most : all.size());
      return parts{{all.begin, middle}, {middle, all.end}};
    });
  }
  /// The last of them, without the first `left`. What is left begins where it began: behind the last that was claimed.
  item_range take_back(std::uint32_t left) noexcept {
    return take([&](item_range all) {
      const auto middle = all.begin + (left < all.size() ? left : all.size());
      return parts{{middle, all.end}, {all.begin, middle}};
    });
  }

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
inline std::chrono::steady_clock::time_point time_said(const std::atomic<std::int64_t>& by_another) noexcept {
  using clock = std::chrono::steady_clock;
  return clock::time_point(clock::duration(by_another.load(std::memory_order_relaxed)));
}
inline std::chrono::nanoseconds time_said(const std::atomic<float>& by_another) noexcept {
  const float said = by_another.load(std::memory_order_relaxed);
  constexpr float most = 1e18F; // 30 years, and far from what cannot be added to a time
  return std::chrono::nanoseconds(said > 0 ? static_cast<std::int64_t>(said < most ? said : most) : 0);
}

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

// A moment of waiting that lets others run: where both sides share a core, nothing else would bring the other on.
inline void yield_briefly() noexcept {
  ::sched_yield();
}

inline int this_processor() noexcept {
  return ::sched_getcpu();
}

/// How long it pays to look before sleeping: longer where the wait was short, hardly where it was not.
class spin_budget {
public:
  using clock = std::chrono::steady_clock;

  /// Waits until ready() for a short time. False if it did not come to be.
  template <class Ready> bool spin(Ready ready) {
    const bool came = spin_for(budget_, ready);
    const auto next = came ? budget_ * 2 : budget_ / 2;
    budget_ = next < least ? least : next < most ? next : most;
    return came;
  }

  /// What a wake-up takes, and a little more.
  static constexpr std::chrono::nanoseconds most = std::chrono::microseconds(80);

  template <class Ready> static bool spin_for(std::chrono::nanoseconds time, Ready ready) {
    const auto end = clock::now() + time;
    do {
      for (int i = 0; i < 4; ++i) {
        if (ready())
          return true;
        yield_briefly();
      }
    } while (clock::now() < end);
    return false;
  }

private:
  static constexpr std::chrono::nanoseconds least = std::chrono::microseconds(10);
  std::chrono::nanoseconds budget_{0}; // until there has been something to wait for
};

/// A task has written over the memory that its worker shares with the program. Worse than anything that an item ends
/// with: the worker must end, as it may have lost what it still has to do and how to wake the program.
class spoilt_memory : public error {
  using error::error;
};

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
