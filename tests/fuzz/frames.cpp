// The parent's reading of frames, from a worker that writes anything, cut up in any way: whole frames come as they were
// sent, what is none is refused, and memory follows the bytes that came.
#include <crosspool/wire/handshake.hpp>

#include <optional>

#include "fuzz.hpp"

using namespace crosspool;
using namespace crosspool::detail;

namespace {

struct frame {
  frame_kind kind;
  bytes payload;
  bool operator==(const frame&) const = default;
};

// The frames of a stream that is received in pieces as long as `lengths` say; nothing if one was refused.
std::optional<std::vector<frame>> received(byte_view stream, choices lengths) {
  auto [here, there] = socket_pair(SOCK_STREAM);
  program_channel parent(std::move(here));
  std::vector<frame> frames;
  const auto keep = [&](const frame_header& header, bytes payload) {
    demand(payload.size() == header.size, "a frame is as long as it says");
    frames.push_back({header.kind, std::move(payload)});
  };
  try {
    while (!stream.empty()) {
      const auto length = lengths.any() ? lengths.below(200) + 1 : stream.size();
      const auto part = stream.first(length < stream.size() ? length : stream.size());
      const auto sent = ::send(there.get(), part.data(), part.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      demand(sent > 0, "the socket takes what a fuzzer makes");
      stream = stream.subspan(static_cast<std::size_t>(sent));
      demand(parent.receive(keep), "more can come from a worker that is there");
    }
    there.reset();
    demand(!parent.receive(keep), "nothing can come from a worker that has ended");
  } catch (const error&) {
    return std::nullopt;
  }
  return frames;
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  choices from(data, size);
  const auto lengths = from.take_bytes(from.below(16));
  const auto stream = from.rest();
  const auto in_pieces = received(stream, {reinterpret_cast<const std::uint8_t*>(lengths.data()), lengths.size()});
  const auto at_once = received(stream, {nullptr, 0});
  demand(in_pieces == at_once, "how a stream is cut up does not matter");
  return 0;
}
