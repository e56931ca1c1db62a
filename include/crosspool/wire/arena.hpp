// Where a pool's requests lie: blocks of shared memory that the program writes and all workers read. A block that is
// freed is the next to be used again, as it is still in the caches; beyond what is worth keeping, memory goes back to
// the system.
#ifndef CROSSPOOL_WIRE_ARENA_HPP
#define CROSSPOOL_WIRE_ARENA_HPP

#include <crosspool/check/memory_archive.hpp>
#include <crosspool/os/shared_memory.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

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
  block take(std::size_t size);

  void free(block b) noexcept;

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
  arena_buffer(std::shared_ptr<arena> from, std::size_t size);
  ~arena_buffer() { arena_->free(block_); }

  [[nodiscard]] std::size_t offset() const noexcept { return block_.offset; }

private:
  CROSSPOOL_INLINE void grow(std::size_t more) override;
  void use(arena::block b);

  static constexpr std::size_t most_ahead = std::size_t{1} << 20U;

  std::shared_ptr<arena> arena_;
  arena::block block_{};
};

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/wire/arena.ipp>
#endif

#endif
