// What a worker and the program say to each other before the first item and after the last, over a stream socket:
// frames of a fixed header and a payload. The worker reads and writes whole frames and blocks; the program never
// blocks: it keeps what does not fit yet and reads what has come so far. Meanwhile the socket only tells each side the
// other's end.
#ifndef CROSSPOOL_WIRE_HANDSHAKE_HPP
#define CROSSPOOL_WIRE_HANDSHAKE_HPP

#include <crosspool/bytes/codec.hpp>
#include <crosspool/os/process.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

namespace CROSSPOOL_NAMESPACE::detail {

enum class frame_kind : std::uint32_t {
  hello,       // worker: I am here, of this build
  answer,      // program: what your hello asked to hear
  setup,       // program: who you are, and your initializer
  ready,       // worker: the initializer has run
  init_failed, // worker: the initializer threw this
  leaving,     // worker: no more items; now what is to be run at the end
  exit_result, // worker: what became of the exit function
};

struct frame_header {
  frame_kind kind;
  std::uint64_t size; // bytes of payload
};

/// More than a worker ever has to say to the program; less than would harm it.
inline constexpr std::size_t most_from_worker = std::size_t{1} << 26U;

/// The worker's end: blocking, one thread.
class worker_channel {
public:
  explicit worker_channel(int fd) : fd_(fd) {}
  /// Hears process `sender` only: receive() throws crosspool::error for what any other has written into the socket, or
  /// anybody before this. Throws start_failed.
  worker_channel(int fd, pid_t sender);

  /// False if the program has closed or is gone; the worker then has nothing left to do.
  bool send(frame_kind kind, byte_view payload) const;

  /// The next frame; false if there will be none.
  bool receive(frame_header& header, bytes& payload) const;

private:
  bool transfer_all(byte_view part) const;

  bool receive_all(void* data, std::size_t size) const;

  void demand_sender(::msghdr& message) const;

  int fd_;
  std::optional<pid_t> sender_;
};

/// The program's end: never blocks, one thread. The worker's bytes are not trusted to be sensible.
class program_channel {
public:
  program_channel() = default;
  explicit program_channel(descriptor socket) : socket_(std::move(socket)) {}

  [[nodiscard]] int get() const noexcept { return socket_.get(); }
  explicit operator bool() const noexcept { return static_cast<bool>(socket_); }
  [[nodiscard]] bool wants_to_send() const noexcept { return !outgoing_.empty(); }

  /// Queues a frame.
  void send(frame_kind kind, std::shared_ptr<const bytes> payload);

  /// No more will be sent: the worker ends when it has read what there is.
  void finish() const noexcept { ::shutdown(socket_.get(), SHUT_WR); }

  /// Sends what the socket takes now. A worker that is gone is not noticed here but by its end.
  void flush();

  /// Reads what has come and calls on_frame(header, payload) for each whole frame. Memory grows with the bytes that
  /// came, not with the size that a header claims. Returns false once nothing more can come. Throws crosspool::error
  /// for a header that no worker would send.
  template <class OnFrame> bool receive(OnFrame on_frame) {
    for (;;) {
      const bool in_header = filled_ < sizeof header_;
      if (!in_header && incoming_.size() == filled_ - sizeof header_)
        incoming_.resize(header_.size < incoming_.size() * 2 + 65536 ? header_.size : incoming_.size() * 2 + 65536);
      auto* const at = in_header ? reinterpret_cast<std::byte*>(&header_) + filled_
                                 : incoming_.data() + (filled_ - sizeof header_);
      const auto room = in_header ? sizeof header_ - filled_ : incoming_.size() - (filled_ - sizeof header_);
      if (room != 0) {
        const auto n = ::recv(socket_.get(), at, room, MSG_DONTWAIT);
        if (n < 0 && errno == EINTR)
          continue;
        if (n <= 0)
          return n < 0 && errno == EAGAIN;
        filled_ += static_cast<std::size_t>(n);
      }
      if (in_header && filled_ == sizeof header_ &&
          (header_.kind > frame_kind::exit_result || header_.size > most_from_worker))
        throw error("crosspool: a worker sent what is no message");
      if (filled_ >= sizeof header_ && filled_ - sizeof header_ == header_.size) {
        filled_ = 0;
        on_frame(std::as_const(header_), std::exchange(incoming_, {}));
      }
    }
  }

  /// Whether a part of a frame has come, and not yet the rest.
  [[nodiscard]] bool amid_frame() const noexcept { return filled_ != 0; }

private:
  struct outgoing_frame {
    frame_header header;
    std::shared_ptr<const bytes> payload;
    std::size_t sent = 0;
  };

  descriptor socket_;
  std::deque<outgoing_frame> outgoing_;
  frame_header header_{};
  bytes incoming_;
  std::size_t filled_ = 0; // of the header, then of the payload
};

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/wire/handshake.ipp>
#endif

#endif
