// Boost's optional, small_vector, dynamic_bitset and numbers. Its variant has cereal's own header; flat_map, array and
// uuid need nothing.
#ifndef CROSSPOOL_TESTS_CROSSING_FOREIGN_BOOST_HPP
#define CROSSPOOL_TESTS_CROSSING_FOREIGN_BOOST_HPP

#include <cereal/cereal.hpp>
#include <cereal/types/boost_variant.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/vector.hpp>

#include <boost/container/flat_map.hpp>
#include <boost/container/small_vector.hpp>
#include <boost/dynamic_bitset.hpp>
#include <boost/multiprecision/cpp_dec_float.hpp>
#include <boost/multiprecision/cpp_int.hpp>
#include <boost/optional.hpp>
#include <boost/uuid/uuid.hpp>
#include <boost/variant.hpp>
#include <cstddef>
#include <string>
#include <vector>

namespace boost {

template <class Archive, class T> void save(Archive& archive, const optional<T>& from) {
  archive(from.has_value());
  if (from)
    archive(*from);
}
template <class Archive, class T> void load(Archive& archive, optional<T>& into) {
  bool there = false;
  archive(there);
  into = boost::none;
  if (there) {
    into.emplace();
    archive(*into);
  }
}

template <class Archive, class Block, class A> void save(Archive& archive, const dynamic_bitset<Block, A>& from) {
  std::vector<Block> blocks(from.num_blocks());
  to_block_range(from, blocks.begin());
  archive(from.size(), blocks);
}
template <class Archive, class Block, class A> void load(Archive& archive, dynamic_bitset<Block, A>& into) {
  std::size_t size = 0;
  std::vector<Block> blocks;
  archive(size, blocks);
  into = dynamic_bitset<Block, A>(blocks.begin(), blocks.end());
  into.resize(size);
}

namespace container {
template <class Archive, class T, std::size_t n> void save(Archive& archive, const small_vector<T, n>& from) {
  archive(from.size());
  for (const auto& each : from)
    archive(each);
}
template <class Archive, class T, std::size_t n> void load(Archive& archive, small_vector<T, n>& into) {
  std::size_t size = 0;
  archive(size);
  into.clear();
  for (; size > 0; --size)
    archive(into.emplace_back());
}
} // namespace container

namespace multiprecision {
template <class Archive, class Backend, expression_template_option et>
std::string save_minimal(const Archive&, const number<Backend, et>& from) {
  return from.str();
}
template <class Archive, class Backend, expression_template_option et>
void load_minimal(const Archive&, number<Backend, et>& into, const std::string& text) {
  into.assign(text);
}
} // namespace multiprecision

} // namespace boost

// Boost's numbers also have a serialize, which is for Boost's archives.
namespace cereal {
template <class Archive, class Backend, boost::multiprecision::expression_template_option et>
struct specialize<Archive, boost::multiprecision::number<Backend, et>, specialization::non_member_load_save_minimal> {};
} // namespace cereal

#endif
