// Where a pool's requests lie: blocks of shared memory that the program writes and all workers read. A block that is
// freed is the next to be used again, as it is still in the caches; beyond what is worth keeping, memory goes back to
// the system.
#ifndef CROSSPOOL_WIRE_ARENA_HPP
#define CROSSPOOL_WIRE_ARENA_HPP

#include <crosspool/check/memory_archive.hpp>
#include <crosspool/os/shared_memory.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace crosspool::detail {

/// Thread-safe.
class arena {
public:
  struct block {
    std::size_t offset;
    std::size_t size;
  };

  arena() : memory_(shared_memory::create(first)) {}

  [[nodiscard]] const shared_memory& memory() const noexcept { return memory_; }

  /// At least size bytes, aligned to a cache line. Throws std::bad_alloc.
  block take(std::size_t size) {
    const auto fit = size_class::of(size);
    if (fit.index >= size_class::count)
      throw std::bad_alloc();
    const std::lock_guard lock(mutex_);
    auto& free = free_[fit.index];
    if (!free.empty()) {
      const auto offset = free.back();
      free.pop_back();
      free_bytes_ -= fit.size;
      ++taken_;
      return {offset, fit.size};
    }
    memory_.grow(std::bit_ceil(end_ + fit.size));
    end_ += fit.size;
    ++taken_;
    return {end_ - fit.size, fit.size};
  }

  void free(block b) noexcept {
    if (!memory_.is_mine())
      return;
    const std::lock_guard lock(mutex_);
    if (--taken_ == 0) { // the chance to start anew, with blocks of other sizes
      for (auto& each : free_)
        each.clear();
      if (end_ > kept)
        memory_.give_back(kept, end_ - kept);
      end_ = free_bytes_ = 0;
      return;
    }
    if (free_bytes_ + b.size > kept && b.size >= worth_giving_back)
      memory_.give_back(b.offset, b.size);
    try {
      free_[size_class::of(b.size).index].push_back(b.offset);
      free_bytes_ += b.size;
    } catch (const std::bad_alloc&) {
      return; // lost until the arena is empty
    }
  }

private:
  static constexpr std::size_t first = std::size_t{1} << 16U;
  static constexpr std::size_t kept = std::size_t{1} << 26U;
  static constexpr std::size_t worth_giving_back = std::size_t{1} << 16U;

  std::mutex mutex_;
  shared_memory memory_;
  std::array<std::vector<std::size_t>, size_class::count> free_; // offsets
  std::size_t end_ = 0;                                          // behind the last block
  std::size_t free_bytes_ = 0;
  std::size_t taken_ = 0; // blocks
};

/// A message in an arena, which it keeps alive.
class arena_buffer final : public message_buffer {
public:
  /// size: expected.
  arena_buffer(std::shared_ptr<arena> from, std::size_t size) : arena_(std::move(from)) { use(arena_->take(size)); }
  ~arena_buffer() { arena_->free(block_); }

  [[nodiscard]] std::size_t offset() const noexcept { return block_.offset; }

private:
  void grow(std::size_t more) override {
    const auto twice = size_ < most_ahead ? 2 * size_ : 0;
    const auto larger = arena_->take(size_ + more < twice ? twice : size_ + more);
    std::memcpy(arena_->memory().data() + larger.offset, data_, size_);
    arena_->free(std::exchange(block_, larger));
    use(larger);
  }
  void use(arena::block b) {
    block_ = b;
    data_ = arena_->memory().data() + b.offset;
    capacity_ = b.size;
  }

  static constexpr std::size_t most_ahead = std::size_t{1} << 20U;

  std::shared_ptr<arena> arena_;
  arena::block block_{};
};

} // namespace crosspool::detail

#endif
