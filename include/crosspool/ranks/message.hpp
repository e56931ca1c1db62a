// What the program and the ranks that serve it say to each other, however it travels: a head, which is small and
// encoded, and a body, whose parts are sent from where they lie and arrive in a row where the receiver wants them.
#ifndef CROSSPOOL_RANKS_MESSAGE_HPP
#define CROSSPOOL_RANKS_MESSAGE_HPP

#include <crosspool/bytes/codec.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

enum class rank_message_kind : std::uint32_t {
  end, // of the program: the same in all versions
  // To a rank that serves:
  open,          // a pool
  batch,         // some items to run
  drop,          // what of a call has not begun
  cancel,        // a call
  broadcast,     // a value
  forget,        // it
  exit_function, // of the pool
  give_back,     // a batch that nobody has begun
  ask_stats,
  trace, // from now on, or not any more
  close,
  terminate,
  // From it:
  opened,
  failed, // to open, or for good later
  answer, // what became of a batch
  output, // a line that a worker has printed
  stats,
  traced, // some events
  exited, // a worker, and what became of the exit function in it
  given_back,
  closed
};

struct rank_message {
  /// Bytes that lie somewhere, and what keeps them there.
  struct part {
    byte_view bytes;
    std::shared_ptr<const void> kept;
  };

  rank_message_kind kind = rank_message_kind::end;
  std::uint32_t pool = 0;
  bytes head;
  std::vector<part> body;

  template <class Head> static rank_message of(rank_message_kind kind, std::uint32_t pool, const Head& head) {
    rank_message made{kind, pool, {}, {}};
    made.head.reserve(64); // or GCC 12 warns at -O3 of a write into an empty vector's memory
    detail::encode(made.head, head);
    return made;
  }
};

/// Messages to ranks, each known by its place in a pool, in the order in which they are to be sent.
using outgoing_messages = std::deque<std::pair<std::size_t, rank_message>>;

template <class Head>
void post(outgoing_messages& outgoing, std::size_t rank, rank_message_kind kind, const Head& head) {
  outgoing.emplace_back(rank, rank_message::of(kind, 0, head));
}

/// How far the next part of a body lies behind one of this size.
constexpr std::size_t stride_of_part(std::size_t size) noexcept {
  return (size + message_alignment - 1) / message_alignment * message_alignment;
}

/// A message that is arriving.
struct arriving_message {
  int from = 0; // rank
  rank_message_kind kind = rank_message_kind::end;
  std::uint32_t pool = 0;
  byte_view head;
  std::vector<std::uint64_t> parts; // of the body, in bytes
  std::size_t body = 0;             // how many bytes its parts take, each aligned

  template <class Head> [[nodiscard]] Head read() const {
    auto view = head;
    return decode<Head>(view);
  }
};

/// Who takes messages. One thread.
class rank_receiver : not_copied {
public:
  /// Where the body is to lie, aligned, or null if nowhere; asked only if there is one. received() comes next.
  virtual std::byte* place(const arriving_message& message) = 0;
  virtual void received(const arriving_message& message) = 0;

protected:
  ~rank_receiver() = default;
};

/// A rank that serves.
struct serving_rank {
  int number = 0;
  std::string host;

  /// "rank 2 on node7"
  [[nodiscard]] std::string name() const { return "rank " + std::to_string(number) + " on " + host; }
};

/// The way to other ranks, and from them. One thread.
class rank_link : not_copied {
public:
  virtual ~rank_link() = default;

  /// Does not wait until it has been sent.
  virtual void send(int to, rank_message message) = 0;
  /// Hands over what has come, without waiting for more. Whether there was anything.
  virtual bool receive(rank_receiver& to) = 0;
  /// Whether what comes is found only by looking.
  [[nodiscard]] virtual bool must_be_asked() = 0;
  /// Whether something is under way that goes on only while receive() is called.
  [[nodiscard]] virtual bool is_sending() = 0;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
