// oneTBB's concurrent vector and hash map. Its other maps need nothing.
#ifndef CROSSPOOL_TESTS_CROSSING_FOREIGN_TBB_HPP
#define CROSSPOOL_TESTS_CROSSING_FOREIGN_TBB_HPP

#include <cereal/cereal.hpp>

#include <cstddef>
#include <tbb/concurrent_hash_map.h>
#include <tbb/concurrent_vector.h>
#include <utility>

namespace tbb::detail::d1 {

template <class Archive, class T, class A> void save(Archive& archive, const concurrent_vector<T, A>& from) {
  archive(from.size());
  for (const auto& each : from)
    archive(each);
}
template <class Archive, class T, class A> void load(Archive& archive, concurrent_vector<T, A>& into) {
  std::size_t size = 0;
  archive(size);
  into.clear();
  for (; size > 0; --size)
    archive(*into.emplace_back());
}

} // namespace tbb::detail::d1

// cereal takes all that has mapped_type for a map of its own, so it must be told which functions.
namespace tbb::detail::d2 {
template <class Archive, class K, class V, class H, class A>
void save(Archive& archive, const concurrent_hash_map<K, V, H, A>& from) {
  archive(from.size());
  for (const auto& [key, value] : from)
    archive(key, value);
}
template <class Archive, class K, class V, class H, class A>
void load(Archive& archive, concurrent_hash_map<K, V, H, A>& into) {
  std::size_t size = 0;
  archive(size);
  into.clear();
  for (; size > 0; --size) {
    std::pair<K, V> each;
    archive(each.first, each.second);
    into.insert(std::move(each));
  }
}
} // namespace tbb::detail::d2

#endif
