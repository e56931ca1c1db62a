// Which types cross as blocks of bytes: numbers, aggregates of nothing else, strings and vectors of these; and which
// element by element.
#ifndef CROSSPOOL_BYTES_BLOCKS_HPP
#define CROSSPOOL_BYTES_BLOCKS_HPP

#include <crosspool/check/const_members.hpp>

#include <cstddef>
#include <tuple>
#include <type_traits>
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

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
