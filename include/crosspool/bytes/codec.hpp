// Values to bytes and back: encode and decode. Aggregates are opened member by member; arrays and vectors of plain
// numbers, and of aggregates of nothing else, go as one block.
#ifndef CROSSPOOL_BYTES_CODEC_HPP
#define CROSSPOOL_BYTES_CODEC_HPP

#include <crosspool/bytes/put.hpp>
#include <crosspool/bytes/take.hpp>

#include <cstddef>
#include <cstring>
#include <memory>
#include <type_traits>

namespace CROSSPOOL_NAMESPACE::detail {

/// Reads the outermost value, with what is deferred in it.
template <class T> void take_all(input_archive& archive, T& value) {
  archive(value);
  archive.serializeDeferments();
}

/// Appends value to buffer. Throws what value's own functions throw; buffer may then end in a part of it.
template <class T> void encode(message_buffer& buffer, const T& value) {
  if constexpr (block<T>)
    buffer.write(std::addressof(value), sizeof value);
  else {
    output_archive archive(buffer);
    archive(value);
    archive.serializeDeferments();
  }
}

/// Appends to a vector of bytes; the vector is as long as what was written once this has ended.
class vector_buffer final : public message_buffer {
public:
  explicit vector_buffer(bytes& memory) : memory_(memory) { refer(memory.size()); }
  ~vector_buffer() { memory_.resize(size_); }

private:
  void grow(std::size_t more) override {
    const auto size = size_;
    memory_.resize(size + more < 2 * size ? 2 * size : size + more);
    refer(size);
  }
  void refer(std::size_t size) {
    data_ = memory_.data();
    size_ = size;
    capacity_ = memory_.size();
  }

  bytes& memory_;
};

template <class T> void encode(bytes& to, const T& value) {
  vector_buffer buffer(to);
  detail::encode(buffer, value);
}

/// Reads a T that is there from the front of bytes, which it removes. Throws as decode.
template <class T> void decode_into(byte_view& from, T& value) {
  input_archive archive(from);
  detail::take_all(archive, value);
  from = from.subspan(archive.position());
}

/// Reads a T from the front of bytes and removes it there. Throws crosspool::error if they are no T, or what its own
/// functions throw.
template <class T> T decode(byte_view& from) {
  if constexpr (block_to_read<T> && std::is_trivially_default_constructible_v<T>) {
    if (from.size() < sizeof(T))
      throw error("crosspool: a message ends before the value it should hold");
    T value;
    std::memcpy(std::addressof(value), from.data(), sizeof value);
    from = from.subspan(sizeof value);
    return value;
  } else if constexpr (made_whole<T>) {
    input_archive archive(from);
    auto value = detail::make<T>(archive);
    archive.serializeDeferments();
    from = from.subspan(archive.position());
    return value;
  } else {
    T value{};
    detail::decode_into(from, value);
    return value;
  }
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
