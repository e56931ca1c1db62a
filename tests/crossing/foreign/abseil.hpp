// Abseil's optional, InlinedVector, Time and Duration. Its hash maps and trees need nothing.
#ifndef CROSSPOOL_TESTS_CROSSING_FOREIGN_ABSEIL_HPP
#define CROSSPOOL_TESTS_CROSSING_FOREIGN_ABSEIL_HPP

#include <cereal/cereal.hpp>

#include <absl/container/inlined_vector.h>
#include <absl/time/time.h>
#include <absl/types/optional.h>
#include <cstddef>
#include <cstdint>

namespace absl { // around the inline namespace of a version

#ifndef ABSL_USES_STD_OPTIONAL // else it is the standard library's
template <class Archive, class T> void save(Archive& archive, const optional<T>& from) {
  archive(from.has_value());
  if (from)
    archive(*from);
}
template <class Archive, class T> void load(Archive& archive, optional<T>& into) {
  bool there = false;
  archive(there);
  into.reset();
  if (there)
    archive(into.emplace());
}
#endif

template <class Archive, class T, std::size_t n> void save(Archive& archive, const InlinedVector<T, n>& from) {
  archive(from.size());
  for (const auto& each : from)
    archive(each);
}
template <class Archive, class T, std::size_t n> void load(Archive& archive, InlinedVector<T, n>& into) {
  std::size_t size = 0;
  archive(size);
  into.clear();
  for (; size > 0; --size)
    archive(into.emplace_back());
}

template <class Archive> std::int64_t save_minimal(const Archive&, const Time& from) {
  return ToUnixNanos(from);
}
template <class Archive> void load_minimal(const Archive&, Time& into, const std::int64_t& nanoseconds) {
  into = FromUnixNanos(nanoseconds);
}
template <class Archive> std::int64_t save_minimal(const Archive&, const Duration& from) {
  return ToInt64Nanoseconds(from);
}
template <class Archive> void load_minimal(const Archive&, Duration& into, const std::int64_t& nanoseconds) {
  into = Nanoseconds(nanoseconds);
}

} // namespace absl

#endif
