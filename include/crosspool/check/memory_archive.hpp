// The library's own cereal archives: they write to and read from contiguous memory, without a stream. Users' serialize,
// save and load functions work on them unchanged. Each thing put into them passes through detail::put or detail::take
// (bytes/), which is where aggregates are opened and where what cannot cross is refused. Relies on cereal 1.3.
#ifndef CROSSPOOL_CHECK_MEMORY_ARCHIVE_HPP
#define CROSSPOOL_CHECK_MEMORY_ARCHIVE_HPP

#include <crosspool/check/deferments.hpp>
#include <crosspool/check/message_buffer.hpp>
#include <crosspool/error.hpp>
#include <crosspool/os/stack_room.hpp>

#include <cereal/cereal.hpp>
#include <cereal/types/array.hpp>
#include <cereal/types/common.hpp>
#include <cereal/types/map.hpp>
#include <cereal/types/memory.hpp>
#include <cereal/types/optional.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/tuple.hpp>
#include <cereal/types/utility.hpp>
#include <cereal/types/variant.hpp>
#include <cereal/types/vector.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <type_traits>
#include <typeindex>
#include <utility>

namespace CROSSPOOL_NAMESPACE {

class output_archive;
class input_archive;

namespace detail {
template <class T> void put(output_archive& archive, const T& value);
template <class T> void take(input_archive& archive, T& value);
} // namespace detail

/// Appends values to a buffer. Not thread-safe; the buffer outlives the archive.
class output_archive : public cereal::OutputArchive<output_archive> {
public:
  explicit output_archive(message_buffer& buffer) : cereal::OutputArchive<output_archive>(this), buffer_(buffer) {}

  template <class... T> output_archive& operator()(T&&... values) {
    (detail::put(*this, values), ...);
    return *this;
  }
  template <class T> output_archive& operator&(T&& value) { return (*this)(value); }
  template <class T> output_archive& operator<<(T&& value) { return (*this)(value); }

  /// Hands value to the cereal function that its type has.
  template <class T> void by_cereal(const T& value) { cereal::OutputArchive<output_archive>::operator()(value); }

  void write(const void* data, std::size_t size) { buffer_.write(data, size); }
  void align(std::size_t alignment) { buffer_.align(alignment); }
  void keep(const std::shared_ptr<const void>& referred) { buffer_.keep(referred); }

  [[nodiscard]] detail::deferments& deferred() noexcept { return deferred_; }
  /// Writes what cereal::defer has put off; to be called behind the outermost value.
  void serializeDeferments() { deferred_.do_all(); }

  /// For values that may hold others of their type.
  void demand_room_to_go_deeper() {
    if (!room_.suffices())
      throw error("crosspool: a value is nested more deeply than the stack allows");
  }

  /// Bytes in the buffer so far.
  [[nodiscard]] std::size_t position() const noexcept { return buffer_.size(); }

  /// For cereal's shared pointers: the number of an object, with the highest bit where it is new. An object and its
  /// first member have one address, but a number each, as the reader believes no number to be of another type.
  template <class T> std::uint32_t registerSharedPointer(const std::shared_ptr<T>& pointer) {
    if (pointer == nullptr)
      return 0;
    const auto number = static_cast<std::uint32_t>(shared_.size() + 1);
    const auto [at, is_new] = shared_.try_emplace({pointer.get(), typeid(T)}, number, pointer);
    return is_new ? number | cereal::detail::msb_32bit : at->second.first;
  }

private:
  message_buffer& buffer_;
  detail::deferments deferred_;
  detail::stack_room room_;
  // Kept alive, so that no other can be at its address.
  std::map<std::pair<const void*, std::type_index>, std::pair<std::uint32_t, std::shared_ptr<const void>>> shared_;
};

/// Reads values back. Never reads past the end, never believes a size that the remaining bytes cannot hold (but for the
/// size tags of a class's own functions), and never goes deeper than the stack: such input throws crosspool::error. Not
/// thread-safe; the bytes outlive the archive.
class input_archive : public cereal::InputArchive<input_archive> {
public:
  explicit input_archive(detail::byte_view bytes) : cereal::InputArchive<input_archive>(this), bytes_(bytes) {}

  template <class... T> input_archive& operator()(T&&... values) {
    (detail::take(*this, values), ...);
    return *this;
  }
  template <class T> input_archive& operator&(T&& value) { return (*this)(value); }
  template <class T> input_archive& operator>>(T&& value) { return (*this)(value); }

  /// Has the cereal function that value's type has fill value.
  template <class T> void by_cereal(T& value) { cereal::InputArchive<input_archive>::operator()(value); }

  void read(void* data, std::size_t size) {
    const auto from = skip(size);
    if (size != 0)
      std::memcpy(data, from.data(), size);
  }

  /// The next size bytes, in place.
  detail::byte_view skip(std::size_t size) {
    if (size > remaining())
      throw error("crosspool: a message ends before the value it should hold");
    const auto part = bytes_.subspan(position_, size);
    position_ += size;
    return part;
  }

  void align(std::size_t alignment) { skip(detail::padding(bytes_.data() + position_, alignment)); }

  /// Reads a number of elements, each of which is known to take at least so many bytes.
  std::size_t read_count(std::size_t element_size = 1) {
    std::uint64_t count = 0;
    read(&count, sizeof count);
    if (count > remaining() / element_size)
      throw error("crosspool: a message claims more elements than it has bytes");
    return static_cast<std::size_t>(count);
  }

  /// What cereal is about to read is a number of elements of which each takes at least so many bytes.
  void expect_elements(std::size_t element_size) noexcept { element_size_ = element_size; }
  /// That number; any, if it is no container that cereal reads: what a class's own function counts nobody knows.
  std::size_t read_expected_count() {
    if (const auto element_size = std::exchange(element_size_, 0); element_size != 0)
      return read_count(element_size);
    std::uint64_t count = 0;
    read(&count, sizeof count);
    return static_cast<std::size_t>(count);
  }

  [[nodiscard]] detail::deferments& deferred() noexcept { return deferred_; }
  /// Reads what cereal::defer has put off; to be called behind the outermost value.
  void serializeDeferments() { deferred_.do_all(); }

  /// For values that may hold others of their type.
  void demand_room_to_go_deeper() {
    if (!room_.suffices())
      throw error("crosspool: a message is nested more deeply than the stack allows");
  }

  // For cereal's shared pointers, which come by number when they have been there before. Whatever the number says, it
  // is of an object of the type that is asked for.
  template <class T> void expect_pointee() noexcept { pointee_ = &typeid(T); }
  template <class T> void registerSharedPointer(std::uint32_t id, const std::shared_ptr<T>& pointer) {
    shared_.insert_or_assign(id & ~cereal::detail::msb_32bit, std::pair(std::type_index(typeid(T)), pointer));
  }
  std::shared_ptr<void> getSharedPointer(std::uint32_t id) {
    if (id == 0)
      return nullptr;
    const auto found = shared_.find(id);
    if (found == shared_.end() || pointee_ == nullptr || found->second.first != *pointee_)
      throw error("crosspool: a message refers to an object that is not in it");
    return found->second.second;
  }

  [[nodiscard]] std::size_t position() const noexcept { return position_; }
  [[nodiscard]] std::size_t remaining() const noexcept { return bytes_.size() - position_; }

private:
  detail::byte_view bytes_;
  std::size_t position_ = 0;
  std::size_t element_size_ = 0;
  detail::deferments deferred_;
  detail::stack_room room_;
  const std::type_info* pointee_ = nullptr;
  std::map<std::uint32_t, std::pair<std::type_index, std::shared_ptr<void>>> shared_;
};

// What cereal itself asks of an archive, found by argument-dependent lookup. Arithmetic types come this way only from
// inside cereal (save_minimal, class versions); put and take treat them first.

template <class T>
  requires std::is_arithmetic_v<T>
void CEREAL_SAVE_FUNCTION_NAME(output_archive& archive, const T& value) {
  archive.write(&value, sizeof value);
}

template <class T>
  requires std::is_arithmetic_v<T>
void CEREAL_LOAD_FUNCTION_NAME(input_archive& archive, T& value) {
  if constexpr (std::is_same_v<T, bool>)
    detail::take(archive, value);
  else
    archive.read(&value, sizeof value);
}

template <class T> void CEREAL_SAVE_FUNCTION_NAME(output_archive& archive, const cereal::BinaryData<T>& block) {
  archive.write(block.data, static_cast<std::size_t>(block.size));
}

template <class T> void CEREAL_LOAD_FUNCTION_NAME(input_archive& archive, cereal::BinaryData<T>& block) {
  archive.read(block.data, static_cast<std::size_t>(block.size));
}

template <class T> void CEREAL_SAVE_FUNCTION_NAME(output_archive& archive, const cereal::SizeTag<T>& tag) {
  const std::uint64_t count = tag.size;
  archive.write(&count, sizeof count);
}

template <class T> void CEREAL_LOAD_FUNCTION_NAME(input_archive& archive, cereal::SizeTag<T>& tag) {
  tag.size = archive.read_expected_count();
}

template <class T> void CEREAL_SAVE_FUNCTION_NAME(output_archive& archive, const cereal::NameValuePair<T>& pair) {
  archive(pair.value);
}

template <class T> void CEREAL_LOAD_FUNCTION_NAME(input_archive& archive, cereal::NameValuePair<T>& pair) {
  archive(pair.value);
}

} // namespace CROSSPOOL_NAMESPACE

CEREAL_REGISTER_ARCHIVE(crosspool::output_archive)
CEREAL_REGISTER_ARCHIVE(crosspool::input_archive)
CEREAL_SETUP_ARCHIVE_TRAITS(crosspool::input_archive, crosspool::output_archive)

#endif
