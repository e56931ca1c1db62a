// What of wire/task.hpp depends on no type of the user's.
#ifndef CROSSPOOL_WIRE_TASK_IPP
#define CROSSPOOL_WIRE_TASK_IPP

#include <crosspool/wire/task.hpp>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE void write_entry(message_buffer& to, task_entry entry) {
  bytes name;
  {
    vector_buffer buffer(name);
    encode_function_id(buffer, reinterpret_cast<std::uintptr_t>(entry));
  }
  detail::encode(to, std::uint64_t{name.size()});
  to.write(name.data(), name.size());
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
