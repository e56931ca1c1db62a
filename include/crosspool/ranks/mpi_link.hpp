// Messages between ranks by MPI.
#ifndef CROSSPOOL_RANKS_MPI_LINK_HPP
#define CROSSPOOL_RANKS_MPI_LINK_HPP

#include <crosspool/ranks/message.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <list>
#include <mpi.h>
#include <string>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

enum mpi_tag : int { hello_tag, message_tag, body_tag };

inline std::string mpi_host_name() {
  std::array<char, MPI_MAX_PROCESSOR_NAME> name{};
  int size = 0;
  MPI_Get_processor_name(name.data(), &size);
  return {name.data(), static_cast<std::size_t>(size)};
}

/// Messages by MPI. What is small travels as one message. The parts of a larger body follow, each from where it lies to
/// where it is to lie, in pieces that MPI's int can count.
class mpi_link final : public rank_link {
public:
  explicit mpi_link(MPI_Comm ranks) : ranks_(ranks) {}

  void send(int to, rank_message message) override {
    auto& sent = sending_.emplace_back();
    std::uint64_t body = 0;
    for (const auto& each : message.body)
      body += each.bytes.size();
    const bool at_once = body <= most_at_once;
    const envelope front{message.kind, message.pool, message.head.size(), message.body.size(), at_once ? 1U : 0U};
    auto& packed = sent.front;
    packed.reserve(sizeof front + message.head.size() + message.body.size() * sizeof body + (at_once ? body : 0));
    append(packed, &front, sizeof front);
    append(packed, message.head.data(), message.head.size());
    for (const auto& each : message.body) {
      const std::uint64_t size = each.bytes.size();
      append(packed, &size, sizeof size);
    }
    if (at_once)
      for (const auto& each : message.body)
        append(packed, each.bytes.data(), each.bytes.size());
    begin(sent, packed, to, message_tag);
    if (!at_once) {
      for (const auto& each : message.body)
        for (auto left = each.bytes; !left.empty();) {
          const auto piece = left.first(std::min(left.size(), most_in_piece));
          begin(sent, piece, to, body_tag);
          left = left.subspan(piece.size());
        }
      sent.body = std::move(message.body);
    }
  }

  bool receive(rank_receiver& to) override {
    drop_sent();
    bool any = false;
    for (int i = 0; i != most_in_a_row; ++i) {
      int found = 0;
      MPI_Message matched{};
      MPI_Status status{};
      MPI_Improbe(MPI_ANY_SOURCE, message_tag, ranks_, &found, &matched, &status);
      if (found == 0)
        break;
      any = true;
      int size = 0;
      MPI_Get_count(&status, MPI_BYTE, &size);
      arrived_.resize(static_cast<std::size_t>(size));
      MPI_Mrecv(arrived_.data(), size, MPI_BYTE, &matched, MPI_STATUS_IGNORE);
      hand_over(to, status.MPI_SOURCE);
    }
    return any;
  }

  bool must_be_asked() override { return true; }
  bool is_sending() override { return !sending_.empty(); }

  /// Waits until all has been sent.
  void finish() {
    for (auto& each : sending_)
      MPI_Waitall(static_cast<int>(each.requests.size()), each.requests.data(), MPI_STATUSES_IGNORE);
    sending_.clear();
  }

private:
  static constexpr std::size_t most_at_once = std::size_t{1} << 12U;
  static constexpr std::size_t most_in_piece = std::size_t{1} << 30U;
  static constexpr int most_in_a_row = 64;

  struct envelope {
    rank_message_kind kind; // first, in all versions
    std::uint32_t pool;
    std::uint64_t head, parts, at_once;
  };
  struct outgoing {
    bytes front;
    std::vector<rank_message::part> body;
    std::vector<MPI_Request> requests;
  };

  static void append(bytes& to, const void* from, std::size_t size) {
    const auto* const at = static_cast<const std::byte*>(from);
    to.insert(to.end(), at, at + size);
  }
  void begin(outgoing& sent, byte_view piece, int to, int tag) {
    sent.requests.emplace_back();
    MPI_Isend(piece.data(), static_cast<int>(piece.size()), MPI_BYTE, to, tag, ranks_, &sent.requests.back());
  }
  void drop_sent() {
    std::erase_if(sending_, [](outgoing& each) {
      int done = 0;
      MPI_Testall(static_cast<int>(each.requests.size()), each.requests.data(), &done, MPI_STATUSES_IGNORE);
      return done != 0;
    });
  }

  void hand_over(rank_receiver& to, int from) {
    arriving_message message;
    message.from = from;
    byte_view left = arrived_;
    envelope front{};
    std::memcpy(&front, left.data(), std::min(left.size(), sizeof front));
    message.kind = front.kind;
    if (front.kind == rank_message_kind::end)
      return to.received(message);
    left = left.subspan(sizeof front);
    message.pool = front.pool;
    message.head = left.first(front.head);
    left = left.subspan(front.head);
    message.parts.resize(front.parts);
    if (front.parts != 0)
      std::memcpy(message.parts.data(), left.data(), front.parts * sizeof(std::uint64_t));
    left = left.subspan(front.parts * sizeof(std::uint64_t));
    for (const auto size : message.parts)
      message.body += stride_of_part(size);
    if (message.body != 0) {
      auto* at = to.place(message);
      for (const auto size : message.parts) {
        if (front.at_once == 0)
          receive_part(at, size, from);
        else {
          if (at != nullptr)
            std::memcpy(at, left.data(), size);
          left = left.subspan(size);
        }
        at += at != nullptr ? stride_of_part(size) : 0;
      }
    }
    to.received(message);
  }

  // to: null if it is wanted nowhere.
  void receive_part(std::byte* to, std::size_t size, int from) {
    bytes nowhere;
    while (size != 0) {
      const auto piece = std::min(size, most_in_piece);
      if (to == nullptr)
        nowhere.resize(piece);
      MPI_Recv(to != nullptr ? to : nowhere.data(), static_cast<int>(piece), MPI_BYTE, from, body_tag, ranks_,
               MPI_STATUS_IGNORE);
      to += to != nullptr ? piece : 0;
      size -= piece;
    }
  }

  const MPI_Comm ranks_;
  std::list<outgoing> sending_;
  bytes arrived_;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
