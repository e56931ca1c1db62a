// Which aggregates are opened, how many members are found and of what types, and that members() reaches the members
// themselves.
#include <crosspool/check/aggregate.hpp>
#include <crosspool/check/member_name.hpp>

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catch.hpp"

using namespace crosspool::detail;

#define COMMA ,

namespace {

template <class... M> std::tuple<std::type_identity<M>...> as_tuple(crosspool::detail::types<M...>);
template <class T> using member_tuple = decltype(as_tuple(member_types<T>{}));
template <class T> constexpr std::size_t count = std::tuple_size_v<member_tuple<T>>;
template <class T, std::size_t I> using member_t = typename std::tuple_element_t<I, member_tuple<T>>::type;

struct nothing {};
struct one {
  int a;
};
struct three {
  int a;
  double b;
  std::string c;
};
struct arrays {
  int a[3];
  char b[2][4];
  std::array<int, 5> c;
  int d;
};
struct outer {
  three first;
  one second;
  nothing third;
  int fourth[2];
};
struct with_defaults {
  int a = 7;
  std::string b = "b";
};
struct move_only {
  std::unique_ptr<int> a;
  std::vector<std::unique_ptr<int>> b;
};
struct tree {
  int value;
  std::vector<tree> children;
  std::unique_ptr<tree> other;
  std::map<std::string, tree> named;
};
struct with_const {
  const int a;
  int b;
};
struct with_pointers {
  int* a;
  void (*b)(int);
  int with_pointers::* c;
};
template <class T> struct pair_of {
  T a, b;
};

#define FOUR(m) m##0, m##1, m##2, m##3
#define SIXTEEN(m) FOUR(m##0), FOUR(m##1), FOUR(m##2), FOUR(m##3)
#define SIXTY_FOUR SIXTEEN(a), SIXTEEN(b), SIXTEEN(c), SIXTEEN(d)
struct sixty_three {
  int SIXTEEN(a), SIXTEEN(b), SIXTEEN(c), FOUR(d), FOUR(e), FOUR(f), x, y, z;
};
struct sixty_four {
  int SIXTY_FOUR;
};
struct sixty_five {
  int SIXTY_FOUR, last;
};

struct bit_fields {
  int a : 3;
  int b : 5;
};
struct one_bit_field {
  std::string a;
  unsigned b : 1;
};
struct derived : one {
  int b;
};
struct derived_from_empty : nothing {
  int b;
};
struct derived_from_two : nothing, one {};
struct another_nothing {};
struct derived_from_two_empty : nothing, another_nothing {
  int b;
  std::string c;
};
struct of_nothing : nothing {};
struct derived_from_of_nothing : of_nothing {
  int b;
};
template <class T> struct curious {};
struct recursive_with_base : curious<recursive_with_base> {
  std::vector<recursive_with_base> b;
};
struct only_a_base : three {};
struct only_a_base_of_a_base : only_a_base {};
struct base_then_member_of_its_type : nothing {
  nothing a;
  int b;
};
struct base_then_members_of_its_type : nothing {
  nothing a[2];
  int b;
};
struct bases_then_member_of_its_type : nothing, another_nothing {
  nothing a;
  int b;
};
struct base_then_member_of_its_base : of_nothing {
  nothing a;
  int b;
};
struct base_then_optional_of_it : nothing {
  std::optional<nothing> a;
  int b;
};
struct without_room {
  [[no_unique_address]] nothing a;
};
struct derived_from_without_room : without_room {
  int b;
};
struct empty_member_without_room {
  [[no_unique_address]] nothing a;
  int b;
};
struct derived_with_empty_member : another_nothing {
  [[no_unique_address]] nothing a;
  int b;
};
struct not_copied {
  not_copied() = default;
  not_copied(const not_copied&) = delete;
};
struct derived_from_not_copied : not_copied {
  int a;
};
struct derived_with_bit_field : nothing {
  int a : 3;
};
struct derived_virtually : virtual nothing {
  int a;
};
struct with_reference {
  int& a;
};
struct with_late_reference {
  int a;
  int& b;
};
struct with_const_reference {
  int a;
  const int& b;
};
struct with_rvalue_reference {
  int&& a;
};
struct no_default {
  explicit no_default(int) {}
};
struct with_no_default {
  int a;
  no_default b;
};
class with_protected {
public:
  int a;

protected:
  int b;
};
struct with_constructor {
  with_constructor() {}
  int a;
};
struct with_virtual {
  virtual ~with_virtual() = default;
};
union a_union {
  int a;
  float b;
};
enum an_enum { value };
struct with_named_union {
  int a;
  a_union b;
  union inner {
    int a;
    float b;
  } c;
};
struct with_unnamed_union {
  int a;
  union {
    int b;
    float c;
  };
};
template <class T> struct template_with_unnamed_union {
  T a;
  union {
    T b;
    float c;
  };
};
struct derived_with_unnamed_union : nothing {
  union {
    int b;
    float c;
  };
};
struct derived_from_unnamed_union : with_unnamed_union {};
struct begins_with_unnamed_union {
  union {
    int a;
    float b;
  };
};
struct around_unnamed_union {
  begins_with_unnamed_union a[2];
  begins_with_unnamed_union b;
};
struct with_struct_without_name {
  struct {
    int a, b;
  } a;
  int b;
};

// What {} cannot initialize, but an initializer in the class can: in first, second and last place, behind bases.
struct only_explicit {
  explicit only_explicit() {}
};
struct only_copied {
  explicit only_copied(int) {}
  only_copied(const only_copied&) {}
};
struct only_moved {
  explicit only_moved(int) {}
  only_moved(only_moved&&) {}
};
struct not_moved {
  explicit not_moved(int) {}
  not_moved(not_moved&&) = delete;
};
template <class T> struct not_null {
  template <class U>
    requires std::is_convertible_v<U, T>
  not_null(U&&) {}
};
struct greedy {
  template <class T> greedy(T&&) {}
};
inline void no_deleter(int*) {}
inline int a_number = 0;

#define INITIALIZED(T, declarator, initializer)                                                                        \
  template <> struct initialized<T, 1> {                                                                               \
    T m declarator initializer;                                                                                        \
  };                                                                                                                   \
  template <> struct initialized<T, 2> {                                                                               \
    T m declarator initializer;                                                                                        \
    std::string b;                                                                                                     \
  };                                                                                                                   \
  template <> struct initialized<T, 3> {                                                                               \
    std::string a;                                                                                                     \
    T m declarator initializer;                                                                                        \
    int c;                                                                                                             \
  };                                                                                                                   \
  template <> struct initialized<T, 4> {                                                                               \
    int a;                                                                                                             \
    std::string b[2];                                                                                                  \
    T m declarator initializer;                                                                                        \
  };                                                                                                                   \
  template <> struct initialized<T, 5> : nothing {                                                                     \
    T m declarator initializer;                                                                                        \
  };                                                                                                                   \
  template <> struct initialized<T, 6> : nothing, another_nothing {                                                    \
    int a;                                                                                                             \
    T m declarator initializer;                                                                                        \
  };                                                                                                                   \
  template <> struct initialized<T, 7> : three {                                                                       \
    T m declarator initializer;                                                                                        \
  };
template <class T, int where> struct initialized;
template <class T> constexpr bool closed_everywhere = []<int... where>(std::integer_sequence<int, where...>) {
  return (!openable<initialized<T, where + 1>> && ...);
}(std::make_integer_sequence<int, 7>{});

using with_deleter = std::unique_ptr<int, void (*)(int*)>;
using to_number = int&;
using to_function = void (&)(int*);
template <class T> struct one_of : T { // of which there is an array
  using T::T;
};
template <class T> struct two_of : T {
  using T::T;
};
INITIALIZED(no_default, , = no_default(0))
INITIALIZED(const no_default, , = no_default(0))
INITIALIZED(only_explicit, , = only_explicit())
INITIALIZED(only_copied, , = only_copied(0))
INITIALIZED(only_moved, , = only_moved(0))
INITIALIZED(not_moved, , = not_moved(0))
INITIALIZED(not_null<int*>, , = &a_number)
INITIALIZED(greedy, , = 3)
INITIALIZED(with_deleter, , = with_deleter(nullptr, no_deleter))
INITIALIZED(to_number, , = a_number)
INITIALIZED(to_function, , = no_deleter)
using one_no_default = one_of<no_default>;
using two_no_default = two_of<no_default>;
INITIALIZED(one_no_default, [1], {one_no_default(0)})
INITIALIZED(two_no_default, [2], {two_no_default(0) COMMA two_no_default(1)})

// Takes whatever there is, as values of JSON libraries do.
struct takes_anything {
  takes_anything() = default;
  template <class T> takes_anything(T&&) {}
};
struct starts_with_takes_anything {
  takes_anything a;
  int b;
};
struct goes_on_with_takes_anything {
  int a;
  takes_anything b;
};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic" // what compilers allow beside the language
struct with_flexible_array {
  int count;
  char data[];
};
struct with_anonymous_struct {
  struct {
    unsigned char red, green, blue;
  };
  int padding;
};
struct with_anonymous_structs {
  union {
    struct {
      float x, y;
    };
    float v[2];
  };
};
#pragma GCC diagnostic pop

struct four_channels {
  unsigned rgba = 0;
};
struct no_channels : nothing {
  std::string name;
};

} // namespace

template <> struct std::tuple_size<four_channels> : std::integral_constant<std::size_t, 4> {};
template <std::size_t I> struct std::tuple_element<I, four_channels> {
  using type = unsigned char;
};
template <> struct std::tuple_size<no_channels> : std::integral_constant<std::size_t, 0> {};

TEST_CASE("members are counted, an array as one") {
  STATIC_REQUIRE(count<nothing> == 0);
  STATIC_REQUIRE(count<one> == 1);
  STATIC_REQUIRE(count<three> == 3);
  STATIC_REQUIRE(count<arrays> == 4);
  STATIC_REQUIRE(count<outer> == 4);
  STATIC_REQUIRE(count<with_defaults> == 2);
  STATIC_REQUIRE(count<move_only> == 2);
  STATIC_REQUIRE(count<tree> == 4);
  STATIC_REQUIRE(count<with_const> == 2);
  STATIC_REQUIRE(count<with_pointers> == 3);
  STATIC_REQUIRE(count<pair_of<tree>> == 2);
  STATIC_REQUIRE(count<sixty_three> == 63);
  STATIC_REQUIRE(count<sixty_four> == 64);
}

TEST_CASE("members have their declared types") {
  STATIC_REQUIRE(std::is_same_v<member_t<three, 2>, std::string>);
  STATIC_REQUIRE(std::is_same_v<member_t<arrays, 0>, int[3]>);
  STATIC_REQUIRE(std::is_same_v<member_t<arrays, 1>, char[2][4]>);
  STATIC_REQUIRE(std::is_same_v<member_t<outer, 0>, three>);
  STATIC_REQUIRE(std::is_same_v<member_t<with_const, 0>, const int>);
  STATIC_REQUIRE(std::is_same_v<member_t<with_const, 1>, int>);
  STATIC_REQUIRE(std::is_same_v<member_t<with_pointers, 0>, int*>);
  STATIC_REQUIRE(std::is_same_v<member_t<tree, 1>, std::vector<tree>>);
}

TEST_CASE("what cannot be opened is told, not tried") {
  STATIC_REQUIRE_FALSE(openable<sixty_five>);
  STATIC_REQUIRE_FALSE(openable<bit_fields>);
  STATIC_REQUIRE_FALSE(openable<one_bit_field>);
  STATIC_REQUIRE_FALSE(openable<derived>);
  STATIC_REQUIRE_FALSE(openable<derived_from_two>);
  STATIC_REQUIRE_FALSE(openable<with_reference>);
  STATIC_REQUIRE_FALSE(openable<with_late_reference>);
  STATIC_REQUIRE_FALSE(openable<with_const_reference>);
  STATIC_REQUIRE_FALSE(openable<with_rvalue_reference>);
  STATIC_REQUIRE_FALSE(openable<with_no_default>);
  STATIC_REQUIRE_FALSE(openable<with_protected>);
  STATIC_REQUIRE_FALSE(openable<with_constructor>);
  STATIC_REQUIRE_FALSE(openable<with_virtual>);
  STATIC_REQUIRE_FALSE(openable<a_union>);
  STATIC_REQUIRE_FALSE(openable<an_enum>);
  STATIC_REQUIRE_FALSE(openable<int>);
  STATIC_REQUIRE_FALSE(openable<int[3]>);
}

TEST_CASE("empty bases are no members") {
  STATIC_REQUIRE(count<derived_from_empty> == 1);
  STATIC_REQUIRE(count<derived_from_two_empty> == 2);
  STATIC_REQUIRE(count<of_nothing> == 0);
  STATIC_REQUIRE(count<derived_from_of_nothing> == 1);
  STATIC_REQUIRE(count<recursive_with_base> == 1);
  STATIC_REQUIRE(count<empty_member_without_room> == 2);
  STATIC_REQUIRE(count<derived_with_empty_member> == 2);
  STATIC_REQUIRE(member_name<derived_from_two_empty, 1>() == "c");
  derived_from_two_empty object{{}, {}, 1, "c"};
  CHECK(&std::get<0>(members(object)) == &object.b);
}

TEST_CASE("members of an only base are those of an aggregate without own ones") {
  STATIC_REQUIRE(count<only_a_base> == 3);
  STATIC_REQUIRE(member_name<only_a_base, 2>() == "c");
  only_a_base object{{1, 2, "three"}};
  CHECK(&std::get<2>(members(object)) == &object.c);
}

TEST_CASE("bases that cannot be told from members, or hold what no binding names, are refused") {
  STATIC_REQUIRE_FALSE(openable<only_a_base_of_a_base>);
  STATIC_REQUIRE_FALSE(openable<base_then_member_of_its_type>);
  STATIC_REQUIRE_FALSE(openable<base_then_members_of_its_type>);
  STATIC_REQUIRE_FALSE(openable<bases_then_member_of_its_type>);
  STATIC_REQUIRE_FALSE(openable<base_then_member_of_its_base>);
  STATIC_REQUIRE_FALSE(openable<base_then_optional_of_it>);
  STATIC_REQUIRE_FALSE(openable<derived_from_without_room>);
  STATIC_REQUIRE_FALSE(openable<derived_from_not_copied>);
  STATIC_REQUIRE_FALSE(openable<derived_with_bit_field>);
  STATIC_REQUIRE_FALSE(openable<derived_virtually>);
}

TEST_CASE("unions with a name are members, those without close the aggregate that they are in") {
  STATIC_REQUIRE(count<with_named_union> == 3);
  STATIC_REQUIRE(std::is_same_v<member_t<with_named_union, 1>, a_union>);
  STATIC_REQUIRE_FALSE(openable<with_unnamed_union>);
  STATIC_REQUIRE_FALSE(openable<template_with_unnamed_union<int>>);
  STATIC_REQUIRE_FALSE(openable<template_with_unnamed_union<std::vector<int>*>>);
  STATIC_REQUIRE_FALSE(openable<derived_with_unnamed_union>);
  STATIC_REQUIRE_FALSE(openable<derived_from_unnamed_union>);
  STATIC_REQUIRE_FALSE(openable<begins_with_unnamed_union>);
  STATIC_REQUIRE(count<around_unnamed_union> == 2);
  STATIC_REQUIRE(count<with_struct_without_name> == 2);
  struct {
    int a;
    union {
      int b;
      float c;
    };
  } without_name{};
  static_cast<void>(without_name);
  STATIC_REQUIRE_FALSE(openable<decltype(without_name)>);
  const auto generic = [](auto x) {
    struct local {
      decltype(x) a;
      union {
        int b;
        float c;
      };
    };
    return openable<local>;
  };
  CHECK_FALSE(generic(1));
}

TEST_CASE("an aggregate is opened only if all its members are found") {
  STATIC_REQUIRE(closed_everywhere<no_default>);
  STATIC_REQUIRE(closed_everywhere<const no_default>);
  STATIC_REQUIRE(closed_everywhere<only_explicit>);
  STATIC_REQUIRE(closed_everywhere<only_copied>);
  STATIC_REQUIRE(closed_everywhere<only_moved>);
  STATIC_REQUIRE(closed_everywhere<not_moved>);
  STATIC_REQUIRE(closed_everywhere<not_null<int*>>);
  STATIC_REQUIRE(closed_everywhere<greedy>);
  STATIC_REQUIRE(closed_everywhere<with_deleter>);
  STATIC_REQUIRE(closed_everywhere<to_number>);
  STATIC_REQUIRE(closed_everywhere<to_function>);
  STATIC_REQUIRE(closed_everywhere<one_no_default>);
  STATIC_REQUIRE(closed_everywhere<two_no_default>);
  CHECK_FALSE(openable<goes_on_with_takes_anything>);
}

TEST_CASE("what compilers allow beside the language is refused, not tried") {
  STATIC_REQUIRE_FALSE(openable<with_flexible_array>);
  STATIC_REQUIRE_FALSE(openable<with_anonymous_struct>);
  STATIC_REQUIRE_FALSE(openable<with_anonymous_structs>);
}

TEST_CASE("a class that says itself what structured bindings name is not opened") {
  STATIC_REQUIRE_FALSE(openable<four_channels>);
  STATIC_REQUIRE_FALSE(openable<no_channels>);
}

TEST_CASE("a first member that takes anything cannot be told from a base, and is refused") {
  CHECK_FALSE(openable<starts_with_takes_anything>);
}

TEST_CASE("members are reached, not copied") {
  three t{1, 2.5, "three"};
  auto [a, b, c] = members(t);
  a = 10;
  c += "!";
  CHECK(t.a == 10);
  CHECK(t.c == "three!");
  CHECK(&b == &t.b);

  arrays all{};
  std::get<0>(members(all))[2] = 4;
  std::get<2>(members(all))[4] = 5;
  CHECK(all.a[2] == 4);
  CHECK(all.c[4] == 5);

  move_only m;
  std::get<0>(members(m)) = std::make_unique<int>(3);
  CHECK(*m.a == 3);
}

TEST_CASE("the last of many members is the last one") {
  sixty_four many{};
  const auto all = members(many);
  int next = 0;
  std::apply([&](auto&... member) { ((member = next++), ...); }, all);
  CHECK(many.a00 == 0);
  CHECK(many.b00 == 16);
  CHECK(many.d33 == 63);
}

TEST_CASE("members of a const object are const") {
  const one c{4};
  STATIC_REQUIRE(std::is_same_v<decltype(members(c)), std::tuple<const int&>>);
  CHECK(&std::get<0>(members(c)) == &c.a);
  const nothing n{};
  STATIC_REQUIRE(std::is_same_v<decltype(members(n)), std::tuple<>>);
}

TEST_CASE("members can be reached at compile time") {
  constexpr auto sum = [] {
    pair_of<int> p{2, 3};
    std::get<0>(members(p)) *= 10;
    return p.a + p.b;
  }();
  STATIC_REQUIRE(sum == 23);
}

namespace {
template <class T> struct of_template {
  T alpha;
  int value;
  int array[4];
};
struct recursive_by_name {
  int first;
  std::vector<recursive_by_name> second;
  std::unique_ptr<recursive_by_name> third;
};
} // namespace

TEST_CASE("members have their names") {
  STATIC_REQUIRE(member_name<three, 0>() == "a");
  STATIC_REQUIRE(member_name<three, 2>() == "c");
  STATIC_REQUIRE(member_name<of_template<std::string>, 0>() == "alpha");
  STATIC_REQUIRE(member_name<of_template<std::vector<recursive_by_name>>, 1>() == "value");
  STATIC_REQUIRE(member_name<of_template<recursive_by_name>, 2>() == "array");
  STATIC_REQUIRE(member_name<recursive_by_name, 1>() == "second");
  STATIC_REQUIRE(member_name<recursive_by_name, 2>() == "third");
  struct local {
    int x;
    const char* y;
  };
  STATIC_REQUIRE(member_name<local, 1>() == "y");
  struct with_const {
    const int number;
    const std::string text;
  };
  STATIC_REQUIRE(member_name<with_const, 0>() == "number");
  STATIC_REQUIRE(member_name<with_const, 1>() == "text");
}
