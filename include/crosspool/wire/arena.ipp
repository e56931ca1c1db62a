// What of wire/arena.hpp depends on no type of the user's.
#ifndef CROSSPOOL_WIRE_ARENA_IPP
#define CROSSPOOL_WIRE_ARENA_IPP

#include <crosspool/wire/arena.hpp>

#include <bit>
#include <cstring>
#include <utility>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE auto arena::take(std::size_t size) -> block {
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

CROSSPOOL_INLINE void arena::free(block b) noexcept {
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

CROSSPOOL_INLINE arena_buffer::arena_buffer(std::shared_ptr<arena> from, std::size_t size) : arena_(std::move(from)) {
  use(arena_->take(size));
}

CROSSPOOL_INLINE void arena_buffer::grow(std::size_t more) {
  const auto twice = size_ < most_ahead ? 2 * size_ : 0;
  const auto larger = arena_->take(size_ + more < twice ? twice : size_ + more);
  std::memcpy(arena_->memory().data() + larger.offset, data_, size_);
  arena_->free(std::exchange(block_, larger));
  use(larger);
}

CROSSPOOL_INLINE void arena_buffer::use(arena::block b) {
  block_ = b;
  data_ = arena_->memory().data() + b.offset;
  capacity_ = b.size;
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
