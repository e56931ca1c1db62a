// A value to bytes, part by part: what becomes of each thing that is put into an output_archive. Every class takes at
// least one byte, so that a claimed number of elements can be checked.
#ifndef CROSSPOOL_BYTES_PUT_HPP
#define CROSSPOOL_BYTES_PUT_HPP

#include <crosspool/bytes/blocks.hpp>
#include <crosspool/bytes/both_ways.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <tuple>
#include <type_traits>

namespace CROSSPOOL_NAMESPACE::detail {

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

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
