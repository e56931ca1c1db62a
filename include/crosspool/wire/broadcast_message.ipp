// What of wire/broadcast_message.hpp depends on no type of the user's.
#ifndef CROSSPOOL_WIRE_BROADCAST_MESSAGE_IPP
#define CROSSPOOL_WIRE_BROADCAST_MESSAGE_IPP

#include <crosspool/wire/broadcast_message.hpp>

#include <cstring>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE broadcast_message::~broadcast_message() {
  if (memory_->memory().is_mine()) // what comes in its place need not be longer
    std::memset(message_.data(), 0, sizeof mark_);
}

CROSSPOOL_INLINE byte_view broadcasts_in_requests::look(const broadcast_place& place) {
  const broadcast_mark expected{.number = place.number, .made = place.made};
  const auto other = moved_.find(place.number);
  const auto offset = other == moved_.end() ? place.offset : other->second;
  if (place.size <= sizeof expected || !requests_.has(offset, place.size) ||
      std::memcmp(requests_.data() + offset, &expected, sizeof expected) != 0)
    return {};
  return {requests_.data() + offset + sizeof expected, place.size - sizeof expected};
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
