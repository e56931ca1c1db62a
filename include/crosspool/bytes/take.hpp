// Bytes to a value, part by part: what becomes of each thing that is taken from an input_archive.
#ifndef CROSSPOOL_BYTES_TAKE_HPP
#define CROSSPOOL_BYTES_TAKE_HPP

#include <crosspool/bytes/blocks.hpp>
#include <crosspool/bytes/both_ways.hpp>
#include <crosspool/bytes/take_elements.hpp>
#include <crosspool/os/huge_pages.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <utility>

namespace CROSSPOOL_NAMESPACE::detail {

// What a shared pointer points to, as cereal hands that to the archive.
template <class T> struct pointee_of_shared;
template <class T> struct pointee_of_shared<cereal::memory_detail::PtrWrapper<std::shared_ptr<T>&>> {
  using type = std::remove_const_t<T>;
};

// The elements of a run of which count is next, in place.
template <class T> std::span<const T> take_run(input_archive& archive) {
  const std::uint64_t count = archive.read_count();
  archive.align(alignment_of_run<T>);
  if (count > archive.remaining() / sizeof(T))
    throw error("crosspool: a message claims more elements than it has bytes");
  return {reinterpret_cast<const T*>(archive.skip(count * sizeof(T)).data()), static_cast<std::size_t>(count)};
}

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

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
