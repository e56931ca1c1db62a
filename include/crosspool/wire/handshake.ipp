// What of wire/handshake.hpp depends on no type of the user's.
#ifndef CROSSPOOL_WIRE_HANDSHAKE_IPP
#define CROSSPOOL_WIRE_HANDSHAKE_IPP

#include <crosspool/wire/handshake.hpp>

#include <cstring>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE worker_channel::worker_channel(int fd, pid_t sender) : fd_(fd), sender_(sender) {
  const int yes = 1;
  if (::setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &yes, sizeof yes) != 0)
    throw no_resource(errno, "ask who sends");
}

CROSSPOOL_INLINE bool worker_channel::send(frame_kind kind, byte_view payload) const {
  frame_header header{kind, payload.size()};
  return transfer_all(byte_view(reinterpret_cast<const std::byte*>(&header), sizeof header)) && transfer_all(payload);
}

CROSSPOOL_INLINE bool worker_channel::receive(frame_header& header, bytes& payload) const {
  if (!receive_all(&header, sizeof header))
    return false;
  payload.clear();
  while (payload.size() < header.size) { // memory grows with what came
    const auto filled = payload.size();
    payload.resize(header.size - filled < filled + 65536 ? header.size : 2 * filled + 65536);
    if (!receive_all(payload.data() + filled, payload.size() - filled))
      return false;
  }
  return true;
}

CROSSPOOL_INLINE bool worker_channel::transfer_all(byte_view part) const {
  while (!part.empty()) {
    const auto n = ::send(fd_, part.data(), part.size(), MSG_NOSIGNAL);
    if (n > 0)
      part = part.subspan(static_cast<std::size_t>(n));
    else if (n < 0 && errno != EINTR)
      return false;
  }
  return true;
}

CROSSPOOL_INLINE bool worker_channel::receive_all(void* data, std::size_t size) const {
  auto* at = static_cast<std::byte*>(data);
  while (size != 0) {
    ::iovec part{at, size};
    alignas(::cmsghdr) char said[CMSG_SPACE(sizeof(::ucred))]{};
    ::msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = said;
    message.msg_controllen = sender_ ? sizeof said : 0;
    const auto n = ::recvmsg(fd_, &message, MSG_WAITALL | MSG_CMSG_CLOEXEC);
    if (n > 0) {
      demand_sender(message); // what two processes have written never comes in one piece
      at += n;
      size -= static_cast<std::size_t>(n);
    } else if (n == 0 || errno != EINTR)
      return false;
  }
  return true;
}

CROSSPOOL_INLINE void worker_channel::demand_sender(::msghdr& message) const {
  ::ucred from{};
  if (const auto* const first = CMSG_FIRSTHDR(&message);
      sender_ && first != nullptr && first->cmsg_level == SOL_SOCKET && first->cmsg_type == SCM_CREDENTIALS)
    std::memcpy(&from, CMSG_DATA(first), sizeof from);
  if (sender_ && from.pid != *sender_)
    throw error("what it was told comes from another process than its parent");
}

CROSSPOOL_INLINE void program_channel::send(frame_kind kind, std::shared_ptr<const bytes> payload) {
  const auto size = payload->size();
  outgoing_.push_back({{kind, size}, std::move(payload)});
}

CROSSPOOL_INLINE void program_channel::flush() {
  while (!outgoing_.empty()) {
    auto& frame = outgoing_.front();
    const auto header_left = frame.sent < sizeof frame.header ? sizeof frame.header - frame.sent : 0;
    const auto payload_sent = header_left != 0 ? 0 : frame.sent - sizeof frame.header;
    ::iovec parts[] = {
        {reinterpret_cast<std::byte*>(&frame.header) + (sizeof frame.header - header_left), header_left},
        {const_cast<std::byte*>(frame.payload->data()) + payload_sent, frame.payload->size() - payload_sent}};
    ::msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = 2;
    const auto n = ::sendmsg(socket_.get(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0 && errno == EAGAIN)
      return;
    if (n < 0)
      return outgoing_.clear();
    frame.sent += static_cast<std::size_t>(n);
    if (frame.sent == sizeof frame.header + frame.payload->size())
      outgoing_.pop_front();
  }
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
