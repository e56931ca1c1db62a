// What of bytes/functions.hpp depends on no type of the user's.
#ifndef CROSSPOOL_BYTES_FUNCTIONS_IPP
#define CROSSPOOL_BYTES_FUNCTIONS_IPP

#include <crosspool/bytes/functions.hpp>

#include <string>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE void encode_function_id(message_buffer& to, std::uintptr_t address) {
  const auto id = identify(address);
  encode(to, id.image);
  encode(to, id.name);
  encode(to, id.offset);
}

CROSSPOOL_INLINE std::uintptr_t decode_function_id(byte_view& from) {
  function_id id;
  id.image = decode<std::string>(from);
  id.name = decode<std::string>(from);
  id.offset = decode<std::uint64_t>(from);
  return resolve(id);
}

CROSSPOOL_INLINE void encode_member_function(message_buffer& to, const member_function& f) {
  encode(to, f.adjustment);
  encode(to, f.is_virtual());
  if (f.is_virtual())
    encode(to, f.pointer);
  else
    encode_function_id(to, f.pointer);
}

CROSSPOOL_INLINE member_function decode_member_function(byte_view& from) {
  const auto adjustment = decode<std::ptrdiff_t>(from);
  const bool is_virtual = decode<bool>(from);
  return {is_virtual ? decode<std::uintptr_t>(from) : decode_function_id(from), adjustment};
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
