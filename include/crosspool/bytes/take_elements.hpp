// Containers from bytes, where cereal would not do: their elements are made and then put in, or read where they stay;
// and how many bytes an element takes at least, so that a claimed number of them can be checked.
#ifndef CROSSPOOL_BYTES_TAKE_ELEMENTS_HPP
#define CROSSPOOL_BYTES_TAKE_ELEMENTS_HPP

#include <crosspool/bytes/blocks.hpp>
#include <crosspool/check/examine.hpp>

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

namespace CROSSPOOL_NAMESPACE::detail {

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

template <class T> T make(input_archive& archive);

// What is too large to be held on the stack several times.
template <class T> inline constexpr bool is_large = sizeof(T) > std::size_t{1} << 18U;

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

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
