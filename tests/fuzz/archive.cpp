// The archive's reader on any bytes, for every kind of type that crosses: an error or a value, and memory in proportion
// to the bytes. A value that came of it is one that can be sent: it comes back the same.
#include <crosspool/bytes/exceptions.hpp>
#include <crosspool/wire/task.hpp>

#include <cereal/types/base_class.hpp>
#include <cereal/types/polymorphic.hpp>

#include "../kinds_of_types.hpp"
#include "fuzz.hpp"

using namespace crosspool;
using namespace crosspool::detail;

namespace {

void read_exception(byte_view from) {
  const auto made = decode_exception(from);
  demand(made != nullptr, "an exception is none or one");
  bytes again;
  try {
    std::rethrow_exception(made);
  } catch (...) {
    encode_current_exception(again);
  }
}

void read_function(byte_view from) {
  static_cast<void>(decode_function_id(from));
}

template <class T> void read(byte_view from) {
  const auto value = decode<T>(from);
  bytes once, twice;
  encode(once, value);
  byte_view rest = once;
  const auto again = decode<T>(rest);
  demand(rest.empty(), "what was written is read to its end");
  encode(twice, again);
  demand(once.size() == twice.size(), "a value comes back as it was");
}

template <class... T> constexpr auto readers_of(types<T...>) {
  return std::array{&read_exception, &read_function, &read<T>...};
}
constexpr auto readers = readers_of(kinds_of_types{});

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  choices from(data, size);
  const auto reader = readers[from.below(readers.size())];
  const auto input = from.rest();
  // As in a message: aligned, and with nothing behind the last byte.
  const auto room = (input.size() + message_alignment - 1) / message_alignment * message_alignment;
  const std::unique_ptr<std::byte, decltype(&std::free)> memory(
      static_cast<std::byte*>(std::aligned_alloc(message_alignment, room == 0 ? message_alignment : room)), &std::free);
  auto* const at = memory.get() + (room - input.size()) / message_alignment * message_alignment;
  if (!input.empty())
    std::memcpy(at, input.data(), input.size());
  try {
    reader({at, input.size()});
  } catch (const std::exception&) { // as it should be
  }
  return 0;
}
