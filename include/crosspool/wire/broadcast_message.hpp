// A broadcast value as a process pool keeps it: once, in the memory of its requests, which all workers can read.
#ifndef CROSSPOOL_WIRE_BROADCAST_MESSAGE_HPP
#define CROSSPOOL_WIRE_BROADCAST_MESSAGE_HPP

#include <crosspool/broadcast.hpp>
#include <crosspool/this_worker.hpp>
#include <crosspool/wire/arena.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>

namespace CROSSPOOL_NAMESPACE::detail {

/// At the front of the message: whoever finds this there has found what he was told of.
struct alignas(message_alignment) broadcast_mark {
  std::uint64_t is_broadcast = 0x74736163'64616f72;
  std::uint64_t number;
  std::uint64_t made;
  std::uint64_t unused = 0;
};

inline std::atomic<std::uint32_t> broadcasts_made = 0; // by this process

/// Gone with its last owner.
class broadcast_message : not_copied {
public:
  /// Throws what value's own functions throw, and std::bad_alloc.
  template <class T>
  broadcast_message(const std::shared_ptr<arena>& memory, const T& value)
      : memory_(memory), message_(memory, sizeof(broadcast_mark)) {
    mark_.number = static_cast<std::uint64_t>(this_worker::pid()) << 32U | ++broadcasts_made;
    mark_.made = static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
    message_.write(&mark_, sizeof mark_);
    detail::encode(message_, value);
  }
  ~broadcast_message();

  [[nodiscard]] broadcast_place place() const noexcept {
    return {mark_.number, mark_.made, message_.offset(), message_.size()};
  }
  [[nodiscard]] byte_view bytes() const noexcept { return {message_.data(), message_.size()}; }

private:
  std::shared_ptr<arena> memory_;
  arena_buffer message_;
  broadcast_mark mark_{};
};

/// In a worker that reads bytes.
class broadcasts_in_requests final : public received_broadcasts {
public:
  /// requests: its pool's, which outlive this.
  explicit broadcasts_in_requests(shared_memory& requests) : requests_(requests) {}

  /// The message of this number lies here now, wherever its handles say.
  void moved(std::uint64_t number, std::uint64_t offset) { moved_[number] = offset; }

private:
  CROSSPOOL_INLINE byte_view look(const broadcast_place& place) override;

  shared_memory& requests_;
  std::map<std::uint64_t, std::uint64_t> moved_; // offsets by numbers
};

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/wire/broadcast_message.ipp>
#endif

#endif
