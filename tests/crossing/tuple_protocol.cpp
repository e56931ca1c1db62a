// Aggregates with the tuple protocol: structured bindings read what get returns, not the members.
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "battery.hpp"

namespace {

struct color { // reads as four channels
  std::uint32_t rgba = 0;
};
template <std::size_t I> std::uint8_t get(const color& of) {
  return static_cast<std::uint8_t>(of.rgba >> (8 * I));
}
struct name { // reads as two lengths
  std::string first, last;
};
template <std::size_t I> std::size_t get(const name& of) {
  return I == 0 ? of.first.size() : of.last.size();
}
struct pair_of_references { // reads as its members, by reference
  int a = 0;
  std::string b;
  template <std::size_t I> auto& get() {
    if constexpr (I == 0)
      return a;
    else
      return b;
  }
  template <std::size_t I> const auto& get() const {
    if constexpr (I == 0)
      return a;
    else
      return b;
  }
};
struct of_none {
  int a = 0;
};
struct only_sized { // has a size, but is no tuple otherwise
  int a = 0;
  std::string b;
};
struct with_functions {
  std::uint32_t number = 0;
  bool operator==(const with_functions&) const = default;
  template <class Archive> void serialize(Archive& archive) { archive(number); }
};
struct picture {
  int id = 0;
  color background;
};
struct dark : color {};

} // namespace

template <> struct std::tuple_size<color> : std::integral_constant<std::size_t, 4> {};
template <std::size_t I> struct std::tuple_element<I, color> {
  using type = std::uint8_t;
};
template <> struct std::tuple_size<name> : std::integral_constant<std::size_t, 2> {};
template <std::size_t I> struct std::tuple_element<I, name> {
  using type = std::size_t;
};
template <> struct std::tuple_size<pair_of_references> : std::integral_constant<std::size_t, 2> {};
template <std::size_t I> struct std::tuple_element<I, pair_of_references> {
  using type = std::conditional_t<I == 0, int, std::string>;
};
template <> struct std::tuple_size<of_none> : std::integral_constant<std::size_t, 0> {};
template <> struct std::tuple_size<only_sized> : std::integral_constant<std::size_t, 2> {};
template <> struct std::tuple_size<with_functions> : std::integral_constant<std::size_t, 1> {};
template <> struct std::tuple_element<0, with_functions> {
  using type = std::uint32_t;
};

TEST_CASE("an aggregate with the tuple protocol is not opened") {
  REFUSED_SOMEHOW(color);
  REFUSED_SOMEHOW(name);
  REFUSED_SOMEHOW(of_none);
  REFUSED_SOMEHOW(only_sized);
  REFUSED_SOMEHOW(picture);
  REFUSED_SOMEHOW(std::vector<color>);
  REFUSED_SOMEHOW(std::map<int, std::optional<name>>);
  battery::is_sound(pair_of_references{1, "b"},
                    [](const pair_of_references& a, const pair_of_references& b) { return a.a == b.a && a.b == b.b; });
  battery::is_sound(dark{{3}}, [](const dark& a, const dark& b) { return a.rgba == b.rgba; });
}

TEST_CASE("unless it has functions") {
  battery::arrives(with_functions{7});
}
