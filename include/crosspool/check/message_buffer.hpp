// The memory of a message. What is read in place is aligned as in an array: to its address in the message, whose first
// byte is aligned to message_alignment on both sides.
#ifndef CROSSPOOL_CHECK_MESSAGE_BUFFER_HPP
#define CROSSPOOL_CHECK_MESSAGE_BUFFER_HPP

#include <crosspool/version.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

namespace CROSSPOOL_NAMESPACE {

namespace detail {

using bytes = std::vector<std::byte>;
using byte_view = std::span<const std::byte>;

inline constexpr std::size_t message_alignment = 16;

// Bytes from this address to the next that is so aligned.
inline std::size_t padding(const std::byte* at, std::size_t alignment) {
  return (0 - reinterpret_cast<std::uintptr_t>(at)) & (alignment - 1);
}

} // namespace detail

/// Memory that a message is appended to, and that grows with it. Whose memory it is, the derived class decides.
class message_buffer : detail::not_copied {
public:
  [[nodiscard]] std::byte* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Makes room for size more bytes, which are for the caller to fill.
  std::byte* extend(std::size_t size) {
    if (capacity_ - size_ < size)
      grow(size);
    size_ += size;
    return data_ + (size_ - size);
  }
  void write(const void* from, std::size_t size) {
    if (size != 0)
      std::memcpy(extend(size), from, size);
  }
  void align(std::size_t alignment) {
    if (const auto size = detail::padding(data_ + size_, alignment); size != 0)
      std::memset(extend(size), 0, size);
  }
  /// Takes back what was appended since the buffer had this size.
  void shrink_to(std::size_t size) noexcept { size_ = size; }

  /// Keeps what the message refers to for as long as the buffer itself is kept.
  void keep(const std::shared_ptr<const void>& referred) {
    if (kept_.empty() || kept_.back() != referred)
      kept_.push_back(referred);
  }
  [[nodiscard]] const std::vector<std::shared_ptr<const void>>& kept() const noexcept { return kept_; }

protected:
  ~message_buffer() = default;
  /// Makes room for at least this many bytes after size_: sets data_, which keeps its alignment, and capacity_.
  virtual void grow(std::size_t more) = 0;

  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;

private:
  std::vector<std::shared_ptr<const void>> kept_;
};

} // namespace CROSSPOOL_NAMESPACE

#endif
