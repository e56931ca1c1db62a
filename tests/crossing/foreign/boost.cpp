#include "boost.hpp"

#include <boost/any.hpp>
#include <boost/array.hpp>
#include <boost/range/iterator_range.hpp>
#include <boost/utility/string_view.hpp>
#include <map>
#include <string>
#include <vector>

#include "../battery.hpp"

using battery::arrives;

namespace {
struct record {
  boost::uuids::uuid id;
  boost::optional<std::string> name;
  boost::variant<int, std::string> value;
  boost::multiprecision::cpp_int large;
  bool operator==(const record&) const = default;
};
struct has_any {
  int id;
  boost::any value;
};
} // namespace

TEST_CASE("Boost's types") {
  arrives(boost::optional<std::string>("a"));
  arrives(boost::optional<int>());
  arrives(boost::variant<int, std::string>("a"));
  arrives(boost::container::flat_map<std::string, int>{{"a", 1}, {"b", 2}});
  arrives(boost::container::small_vector<std::string, 2>{"a", "b", "c"});
  arrives(boost::uuids::uuid{{1, 2, 3}});
  arrives(boost::array<int, 2>{{1, 2}});
  arrives(boost::dynamic_bitset<>(70, 12345));
  arrives(boost::dynamic_bitset<>());
  arrives(boost::multiprecision::cpp_int("123456789012345678901234567890"));
  arrives(boost::multiprecision::cpp_dec_float_50("1.5"));
  arrives(std::vector<boost::multiprecision::cpp_int>{1, 2});
  arrives(record{{{1}}, std::string("n"), 3, 4});
}

TEST_CASE("what Boost's types refer to or hide is refused") {
  REFUSED_SOMEHOW(boost::any);
  REFUSED_SOMEHOW(has_any);
  REFUSED_SOMEHOW(boost::string_view);
  REFUSED_SOMEHOW(boost::iterator_range<int*>);
}
