// Values to bytes and back: encode and decode, and what happens to each thing that is put into the archives.
// Aggregates are opened member by member; arrays and vectors of plain numbers, and of aggregates of nothing else, go
// as one block. Every class takes at least one byte, so that a claimed number of elements can be checked.
#ifndef CROSSPOOL_BYTES_CODEC_HPP
#define CROSSPOOL_BYTES_CODEC_HPP

#include <crosspool/check/examine.hpp>
#include <crosspool/check/type_name.hpp>
#include <crosspool/os/huge_pages.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

template <class T> consteval bool find_block();

template <class... M> consteval bool are_blocks(std::size_t size, types<M...>) {
  return (find_block<M>() && ...) && (std::size_t{0} + ... + sizeof(M)) == size;
}

// Whether T's bytes are its value: numbers, and arrays and aggregates of them without padding. bool is not, as not
// every byte is a bool.
template <class T> consteval bool find_block() {
  if constexpr (crosses_as_bytes<T>)
    return std::is_trivially_copyable_v<T>;
  else if constexpr (std::is_array_v<T>)
    return find_block<std::remove_extent_t<T>>();
  else if constexpr (is_std_array<T> && !has_functions_of_a_user<T>)
    return std::tuple_size_v<T> != 0 && sizeof(T) == std::tuple_size_v<T> * sizeof(typename T::value_type) &&
           find_block<typename T::value_type>();
  else if constexpr (std::is_same_v<T, bool>)
    return false;
  else if constexpr (std::is_const_v<T>)
    return false;
  else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>)
    return true;
  else if constexpr (std::is_trivially_copyable_v<T> && !std::is_empty_v<T>) {
    if constexpr (classify<T>() == kind::composed && !by_cereal<T>) // asked of no pointer to an incomplete class
      return detail::are_blocks(sizeof(T), member_types<T>{});
    else
      return false;
  } else
    return false;
}
template <class T>
concept block = find_block<T>();

// A block that can be read into: not one with const members, which only crosses_as_bytes makes one.
template <class T>
concept block_to_read = block<T> && std::is_move_assignable_v<std::remove_all_extents_t<T>>;

// A string, or a vector of blocks: its elements are one block.
template <class T> inline constexpr bool is_run_of_blocks = is_string<T>;
template <block T, class A>
  requires(made_by_cereal<T> && !has_functions_of_a_user<std::vector<T, A>>)
inline constexpr bool is_run_of_blocks<std::vector<T, A>> = true;

// Sent element by element.
template <class T>
concept is_array_of_parts = is_std_array<T> && !has_functions_of_a_user<T>;

// Without the header <valarray>.
template <class T>
concept is_valarray = in_std<T> && by_cereal<T> && !has_functions_of_a_user<T> &&
                      std_name(type_name<T>()).starts_with("valarray<");

// A container of the standard library, of which cereal reads the number of its elements first.
template <class T>
concept is_container = in_std<T> && by_cereal<T> && !has_functions_of_a_user<T> && requires(T& container) {
  typename T::value_type;
  container.clear();
};

// A run is aligned as an array, so that it can be read in place.
template <class T>
inline constexpr std::size_t alignment_of_run = alignof(T) < message_alignment ? alignof(T) : message_alignment;

// The elements of a run of which count is next, in place.
template <class T> std::span<const T> take_run(input_archive& archive) {
  const std::uint64_t count = archive.read_count();
  archive.align(alignment_of_run<T>);
  if (count > archive.remaining() / sizeof(T))
    throw error("crosspool: a message claims more elements than it has bytes");
  return {reinterpret_cast<const T*>(archive.skip(count * sizeof(T)).data()), static_cast<std::size_t>(count)};
}

template <class T>
inline constexpr bool is_constructed_by_cereal = classify<T>() == kind::not_default_constructible &&
                                                 constructed_by_cereal<T>;

// Only for what no call could check: what the functions visit of a class that comes in a pointer to its base.
template <class T> [[noreturn]] void refuse() {
  throw error("crosspool: " + std::string(type_name<T>()) + " cannot cross to another process");
}

// cereal::base_class of a base for which cereal has no function: an aggregate.
template <class T>
concept wraps_aggregate = is_wrapper<T> && requires(T& wrapper) {
  requires !by_cereal<std::remove_cvref_t<decltype(*wrapper.base_ptr)>>;
};

// For a pointer to a class that cereal has not been told of, or not for our archives: where they were not included.
template <class Do> void telling_of_registration(Do what) {
  try {
    what();
  } catch (const cereal::Exception& e) {
    const std::string why = e.what();
    if (why.find("unregistered polymorphic") == std::string::npos || why.find("crosspool/") != std::string::npos)
      throw;
    throw cereal::Exception(why + "\ncrosspool: where CEREAL_REGISTER_TYPE stands, #include <crosspool/archive.hpp>");
  }
}

// What is too large to be held on the stack several times.
template <class T> inline constexpr bool is_large = sizeof(T) > std::size_t{1} << 18U;

// What cereal::defer makes.
template <class T> inline constexpr bool is_deferred = false;
template <class T> inline constexpr bool is_deferred<cereal::DeferredData<T>> = true;

// A pointer as cereal hands it to the archive.
template <class T> inline constexpr bool is_pointer_wrapper = false;
template <class Pointer> inline constexpr bool is_pointer_wrapper<cereal::memory_detail::PtrWrapper<Pointer>> = true;

// What is read first and then moved to where it stays, so that nothing in it can be read later.
template <class T>
concept moved_when_read = !is_wrapper<T> && examined<T>.trusts &&
                          (is_built<T> || filled_with_decoded<T> || is_variant<T> ||
                           (in_std<T> && requires { typename T::key_type; }));

// What becomes of deferring while a T is put or taken: off in what is moved, on in what a pointer points to, as that
// stays.
enum class deferral : unsigned char { as_before, off, on };
template <class T>
inline constexpr deferral deferral_within = is_pointer_wrapper<T> ? deferral::on
                                            : moved_when_read<T>  ? deferral::off
                                                                  : deferral::as_before;
template <deferral how> class deferring {
public:
  explicit deferring(deferments& what) noexcept : what_(what), was_off_(what.turn_off(how == deferral::off)) {}
  deferring(const deferring&) = delete;
  deferring& operator=(const deferring&) = delete;
  ~deferring() { what_.turn_off(was_off_); }

private:
  deferments& what_;
  bool was_off_;
};
template <> class deferring<deferral::as_before> {
public:
  explicit deferring(deferments&) noexcept {}
};

// What names a file: a path itself, or that of an entry.
template <class T> const auto& path_of(const T& file) {
  if constexpr (requires { file.native(); })
    return file;
  else
    return file.path();
}

template <class T> void put(output_archive& archive, const T& value) {
  const auto before = archive.position();
  [[maybe_unused]] const deferring<deferral_within<T>> inside(archive.deferred());
  if constexpr (std::is_same_v<T, bool>) {
    const std::uint8_t byte = value ? 1 : 0;
    archive.write(&byte, 1);
  } else if constexpr (block<T>)
    archive.write(std::addressof(value), sizeof value);
  else if constexpr (is_run_of_blocks<T>) {
    using element = typename T::value_type;
    const std::uint64_t count = value.size();
    archive.write(&count, sizeof count);
    archive.align(alignment_of_run<element>);
    archive.write(value.data(), value.size() * sizeof(element));
  } else if constexpr (wraps_aggregate<T>)
    return detail::put(archive, *value.base_ptr);
  else if constexpr (is_deferred<T>)
    return archive.deferred().add([&archive, value] { detail::put(archive, value.value); });
  else if constexpr (is_wrapper<T>)
    return archive.by_cereal(value);
  else if constexpr (!examined<T>.crosses && !is_constructed_by_cereal<T>)
    refuse<T>();
  else if constexpr (std::is_array_v<T> || is_array_of_parts<T>)
    for (const auto& element : value)
      detail::put(archive, element);
  else if constexpr (is_path<T>)
    detail::put(archive, detail::path_of(value).native());
  else if constexpr (is_valarray<T>) {
    const std::uint64_t count = value.size();
    archive.write(&count, sizeof count);
    if constexpr (block<typename T::value_type>) {
      if (count != 0)
        archive.write(std::addressof(value[0]), value.size() * sizeof value[0]);
    } else
      for (std::size_t i = 0; i != value.size(); ++i)
        detail::put(archive, value[i]);
  } else if constexpr (by_cereal<T>) {
    archive.demand_room_to_go_deeper();
    if constexpr (in_std<T> && points_to_polymorphic<T>)
      detail::telling_of_registration([&] { archive.by_cereal(value); });
    else
      archive.by_cereal(value);
  } else if constexpr (openable<T>)
    std::apply([&](const auto&... member) { (detail::put(archive, member), ...); }, detail::members(value));
  if (archive.position() == before)
    put(archive, false);
}

// The least number of bytes that any T takes. What is read of a class by its own functions nobody knows.
template <class T> consteval std::size_t least_size() {
  constexpr auto sum = []<class... P>(types<P...>) {
    return (std::size_t{0} + ... + least_size<std::remove_const_t<P>>());
  };
  std::size_t least = 1;
  if constexpr (block<T>)
    least = sizeof(T);
  else if constexpr (std::is_array_v<T>)
    least = std::extent_v<T> * least_size<std::remove_const_t<std::remove_extent_t<T>>>();
  else if constexpr (is_container<T> || is_string<T> || is_valarray<T>)
    least = sizeof(std::uint64_t); // the number of its elements
  else if constexpr (is_array_of_parts<T>)
    least = std::tuple_size_v<T> * least_size<typename T::value_type>();
  else if constexpr (by_cereal<T> && in_std<T> && tuple_like<T>)
    least = [&]<std::size_t... I>(std::index_sequence<I...>) {
      return sum(types<std::tuple_element_t<I, T>...>{});
    }(std::make_index_sequence<std::tuple_size_v<T>>{});
  else if constexpr (!by_cereal<T> && classify<T>() == kind::composed && openable<T>)
    least = sum(member_types<T>{});
  return least > 1 ? least : 1;
}
template <class T> consteval std::size_t least_size_of_element() {
  if constexpr (map_like<T>)
    return least_size<typename T::key_type>() + least_size<typename T::mapped_type>();
  else
    return least_size<typename T::value_type>();
}

// What a shared pointer points to, as cereal hands that to the archive.
template <class T> struct pointee_of_shared;
template <class T> struct pointee_of_shared<cereal::memory_detail::PtrWrapper<std::shared_ptr<T>&>> {
  using type = std::remove_const_t<T>;
};

template <class T> T make(input_archive& archive);

// Replaces an object, which an assignment could not do because of its const members; C++20 lets its name, and pointers
// to it, mean the new one. If the new one cannot be moved in, the object becomes that of {}.
template <class T> void replace(T& object, std::type_identity_t<T>&& by) {
  const auto at = std::addressof(object);
  std::destroy_at(at);
  if constexpr (std::is_nothrow_move_constructible_v<T>)
    std::construct_at(at, std::move(by));
  else
    try {
      std::construct_at(at, std::move(by));
    } catch (...) {
      [&]() noexcept { ::new (static_cast<void*>(at)) T([] { return T{}; }()); }();
      throw;
    }
}

// Elements that cereal could not make.
template <class T> void take_elements(input_archive& archive, T& container) {
  if constexpr (requires { container.push_back(detail::make<typename T::value_type>(archive)); }) {
    container.clear();
    for (auto count = archive.read_count(least_size_of_element<T>()); count > 0; --count)
      container.push_back(detail::make<typename T::value_type>(archive));
  } else if constexpr (map_like<T>) {
    container.clear();
    for (auto count = archive.read_count(least_size_of_element<T>()); count > 0; --count) {
      auto key = detail::make<typename T::key_type>(archive);
      container.emplace_hint(container.end(), std::move(key), detail::make<typename T::mapped_type>(archive));
    }
  } else if constexpr (keeps_equals<T>) {
    container.clear();
    for (auto count = archive.read_count(least_size_of_element<T>()); count > 0; --count)
      container.emplace_hint(container.end(), detail::make<typename T::value_type>(archive));
  } else if (make<bool>(archive)) // whether an optional is empty
    container.reset();
  else
    container.emplace(detail::make<typename T::value_type>(archive));
}

// Elements that are so much larger than what they are read from that a claimed number of them is not believed at once.
template <class T>
concept grows_when_read = requires(T& container) {
  container.emplace_back();
  requires is_container<T> && std::is_move_constructible_v<typename T::value_type>;
  requires !examined<T>.trusts; // what is deferred must not be moved
  requires sizeof(typename T::value_type) >= 1024;
  requires sizeof(typename T::value_type) > 16 * least_size<typename T::value_type>();
};

// Containers that cereal would have read elements on the stack for which they are too large.
template <class T>
concept has_large_elements = map_like<T> && is_container<T> && requires(T& container, typename T::key_type&& key) {
  container.try_emplace(container.end(), std::move(key));
  requires is_large<typename T::mapped_type>;
};

// Each element where it stays, one after the other.
template <class T> void take_in_place(input_archive& archive, T& container) {
  container.clear();
  auto count = archive.read_count(least_size_of_element<T>());
  if constexpr (has_large_elements<T>)
    for (; count > 0; --count)
      detail::take(archive, container.try_emplace(container.end(), make<typename T::key_type>(archive))->second);
  else {
    if constexpr (requires { container.reserve(count); }) {
      const auto likely = archive.remaining() / sizeof(typename T::value_type) + 1;
      container.reserve(count < likely ? count : likely);
    }
    for (; count > 0; --count) {
      container.emplace_back();
      detail::take(archive, container.back());
    }
  }
}

template <class T> void take(input_archive& archive, T& value) {
  const auto before = archive.position();
  [[maybe_unused]] const deferring<deferral_within<std::remove_const_t<T>>> inside(archive.deferred());
  if constexpr (std::is_const_v<T> && !is_wrapper<std::remove_const_t<T>>)
    refuse<T>();
  else if constexpr (std::is_same_v<T, bool>) {
    std::uint8_t byte = 0;
    archive.read(&byte, 1);
    value = byte != 0;
  } else if constexpr (block_to_read<T>)
    archive.read(std::addressof(value), sizeof value);
  else if constexpr (is_run_of_blocks<T>) {
    using element = typename T::value_type;
    const auto run = detail::take_run<element>(archive);
    if (run.size_bytes() >= worth_huge_pages && value.capacity() < run.size()) {
      value.clear();
      detail::reserve_to_fill(value, run.size());
    }
    if constexpr (is_string<T>)
      value.assign(run.data(), run.size());
    else if constexpr (alignof(element) <= message_alignment && std::is_copy_constructible_v<element>)
      value.assign(run.data(), run.data() + run.size());
    else {
      value.resize(run.size());
      if (!run.empty())
        std::memcpy(static_cast<void*>(value.data()), run.data(), run.size_bytes());
    }
  } else if constexpr (wraps_aggregate<T>) {
    using base = std::remove_cvref_t<decltype(*value.base_ptr)>;
    if constexpr (!is_built<base>)
      return detail::take(archive, *value.base_ptr);
    else // it may share its last bytes with the class derived from it, so it must not be replaced
      refuse<base>();
  } else if constexpr (is_deferred<T>)
    return archive.deferred().add([&archive, value]() mutable { detail::take(archive, value.value); });
  else if constexpr (is_wrapper<T>) {
    if constexpr (requires { typename pointee_of_shared<T>::type; })
      archive.expect_pointee<typename pointee_of_shared<T>::type>();
    return archive.by_cereal(value);
  } else if constexpr (!examined<T>.crosses && !is_constructed_by_cereal<T>)
    refuse<T>();
  else if constexpr (std::is_array_v<T> || is_array_of_parts<T>)
    for (auto& element : value)
      detail::take(archive, element);
  else if constexpr (is_path<T>) {
    using path = std::remove_cvref_t<decltype(detail::path_of(value))>;
    std::error_code not_there; // as it may be where it was, but not here
    if constexpr (std::is_same_v<T, path>)
      value = detail::make<typename path::string_type>(archive);
    else
      value.assign(detail::make<typename path::string_type>(archive), not_there);
  } else if constexpr (is_valarray<T>) {
    value.resize(archive.read_count(least_size<typename T::value_type>()));
    if constexpr (block_to_read<typename T::value_type>) {
      if (value.size() != 0)
        archive.read(std::addressof(value[0]), value.size() * sizeof value[0]);
    } else
      for (std::size_t i = 0; i != value.size(); ++i)
        detail::take(archive, value[i]);
  } else if constexpr (filled_with_decoded<T>) {
    archive.demand_room_to_go_deeper();
    detail::take_elements(archive, value);
  } else if constexpr (grows_when_read<T> || has_large_elements<T>) {
    archive.demand_room_to_go_deeper();
    detail::take_in_place(archive, value);
  } else if constexpr (by_cereal<T>) {
    archive.demand_room_to_go_deeper();
    if constexpr (is_container<T>)
      archive.expect_elements(least_size_of_element<T>());
    if constexpr (in_std<T> && points_to_polymorphic<T>)
      detail::telling_of_registration([&] { archive.by_cereal(value); });
    else
      archive.by_cereal(value);
  } else if constexpr (is_built<T> || block<T>)
    detail::replace(value, detail::make<T>(archive));
  else if constexpr (openable<T>)
    std::apply([&](auto&... member) { (detail::take(archive, member), ...); }, detail::members(value));
  if (bool filler = false; archive.position() == before)
    take(archive, filler);
}

// Braces evaluate their elements in order.
template <class T, class... M, std::size_t... bases>
T build(input_archive& archive, types<M...>, std::index_sequence<bases...>) {
  return T{(static_cast<void>(bases), made_base_of<T>{})..., detail::make<std::remove_const_t<M>>(archive)...};
}

// What no object need be there for first, nor could be read into.
template <class T>
concept made_whole = (is_built<T> && examined<T>.crosses) || (block<T> && !block_to_read<T>);

// A value of its own.
template <class T> T make(input_archive& archive) {
  if constexpr (is_built<T> && examined<T>.crosses) {
    [[maybe_unused]] const deferring<deferral_within<T>> inside(archive.deferred());
    return detail::build<T>(archive, member_types<T>{}, std::make_index_sequence<shape_of<T>.bases>{});
  } else if constexpr (made_whole<T>) {
    struct raw {
      std::byte bytes[sizeof(T)];
    } from;
    archive.read(&from, sizeof from);
    return std::bit_cast<T>(from);
  } else {
    T value{};
    detail::take(archive, value);
    return value;
  }
}

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
