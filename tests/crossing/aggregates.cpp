// Aggregates: those that reflection opens, and those of which it cannot find all members.
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <valarray>
#include <vector>

#include "battery.hpp"

using battery::arrives;
using battery::is_sound;

namespace {

int global = 0;

// ---- members that braces cannot make ----

class date { // no default constructor, no function
public:
  explicit date(int days) : days_(days) {}
  bool operator==(const date&) const = default;

private:
  int days_;
};
class known_date { // the same, with a function
public:
  explicit known_date(int days) : days_(days) {}
  bool operator==(const known_date&) const = default;
  template <class Archive> void serialize(Archive& archive) { archive(days_); }

private:
  int days_;
};
struct started { // its default constructor is explicit
  explicit started() {}
  explicit started(int from) : at(from) {}
  bool operator==(const started&) const = default;
  template <class Archive> void serialize(Archive& archive) { archive(at); }
  int at = 0;
};
template <class T> class not_null {
public:
  not_null(T pointer) : pointer_(pointer) {}
  not_null(std::nullptr_t) = delete;

private:
  T pointer_;
};
struct tag {};

struct event {
  date when = date(0);
  std::string text;
  std::vector<int> data;
};
struct known_event {
  known_date when = known_date(0);
  std::string text;
};
struct only_a_date {
  date when = date(0);
};
struct dates {
  date all[2] = {date(0), date(1)};
  std::string text;
};
struct array_of_dates {
  std::array<date, 1> all = {date(0)};
  std::string text;
};
struct optional_date { // braces make it, but its value does not cross
  std::optional<date> when;
  std::string text;
};
struct race {
  started start = started();
  std::string text;
  bool operator==(const race&) const = default;
};
struct tagged_event : tag {
  date when = date(0);
  std::string text;
};
struct tagged_race : tag {
  started start = started();
  std::string text;
  bool operator==(const tagged_race& other) const { return start == other.start && text == other.text; }
};
struct refers {
  int& number = global;
  std::string text;
};
struct refers_to_rvalue {
  std::string&& text;
  int number;
};
struct refers_at_last {
  int id;
  const std::string& name;
};
struct refers_behind_others {
  std::string text;
  int numbers[3];
  std::ostream& log;
  std::vector<int> more[2];
};
struct refers_twice {
  int& from;
  int& to;
};
struct empty_base {};
struct other_base {};
struct derived_refers : empty_base, other_base {
  const std::string& text;
  std::optional<int> number;
  std::valarray<double> numbers;
};
struct derived_refers_to_variable : empty_base {
  std::string text;
  int& number;
};
struct refers_and_owns {
  std::unique_ptr<refers> inner;
  std::optional<int> number;
};
struct wraps_reference {
  std::reference_wrapper<int> number = global;
  std::string text;
};
struct has_not_null {
  not_null<int*> number = &global;
  std::string text;
};
struct has_deleter {
  std::unique_ptr<int, void (*)(int*)> number{nullptr, [](int* p) { delete p; }};
  std::string text;
};
struct holds_event {
  int id;
  event inner;
};
struct keeps_pointer {
  date when = date(0);
  int* pointer = nullptr;
};

// ---- members that reflection cannot name ----

struct bits {
  int a : 3;
  int b;
};
struct only_bits {
  unsigned a : 3;
};
struct volatile_member {
  volatile int a;
};
union either {
  int a;
  float b;
};
struct has_union {
  int number;
  either both;
};
struct unnamed_union {
  union {
    int whole;
    float real;
  };
  int count;
};
struct unnamed_type {
  struct {
    int a, b;
  } inner;
  int c;
};
struct with_base {
  int a;
};
struct base_and_member : with_base {
  int b;
};
struct two_bases : with_base, tag {};
struct greedy {
  greedy() = default;
  template <class T> greedy(T&&) {}
};
struct has_greedy {
  greedy a;
  std::string b;
};

// ---- what is opened ----

enum class color : std::uint8_t { red, green };
struct point {
  double x = 0, y = 0;
  bool operator==(const point&) const = default;
};
struct everything {
  bool flag = false;
  char letter = 'a';
  color hue = color::red;
  int numbers[2][3] = {};
  point corners[2] = {};
  std::string names[2] = {};
  std::array<bool, 3> bools = {};
  long double precise = 0;
  std::map<std::string, std::vector<point>> shapes;
  std::optional<std::vector<bool>> switches;
  bool operator==(const everything&) const = default;
};
struct initialized {
  int a = 1;
  std::string b = "b";
  const std::vector<int> c = {1, 2};
  bool operator==(const initialized&) const = default;
};
struct tagged : tag {
  std::string a;
  int b;
  bool operator==(const tagged& other) const { return a == other.a && b == other.b; }
};
struct only_base : point {
  bool operator==(const only_base&) const = default;
};
struct holds_nothing {
  [[no_unique_address]] tag nothing;
  int a;
  tag something;
  bool operator==(const holds_nothing& other) const { return a == other.a; }
};
struct alignas(64) aligned {
  char a;
  int b;
  bool operator==(const aligned&) const = default;
};
struct padded {
  char a;
  double b;
  bool c;
  bool operator==(const padded&) const = default;
};
struct with_functions {
  int a;
  static int twice_of(int x) { return 2 * x; }
  [[nodiscard]] int twice() const { return twice_of(a); }
  friend int operator,(const with_functions&, const with_functions&) { return 0; }
  bool operator==(const with_functions&) const = default;
};
struct hides_address {
  int a;
  hides_address* operator&() = delete;
  const hides_address* operator&() const = delete;
  bool operator==(const hides_address&) const = default;
};
struct has_lambda {
  int a;
  decltype([](int x) { return x; }) call;
  bool operator==(const has_lambda& other) const { return a == other.a; }
};
struct lists {
  std::vector<int> a;
  std::vector<std::string> b;
  std::string c;
  bool operator==(const lists&) const = default;
};
template <class T, int n> struct generic {
  T all[n];
  bool operator==(const generic&) const = default;
};
struct tree {
  int value = 0;
  std::vector<tree> children{};
  bool operator==(const tree&) const = default;
};
struct owns_by_pointer {
  std::unique_ptr<point> one;
  std::vector<std::unique_ptr<std::string>> many;
};
struct many_members {
  int a0, a1, a2, a3, a4, a5, a6, a7, a8, a9;
  std::string b0, b1, b2, b3, b4, b5, b6, b7, b8, b9;
  bool c0, c1, c2, c3, c4, c5, c6, c7, c8, c9;
  bool operator==(const many_members&) const = default;
};
struct words_of_ours {
  int member, path, text, result, reference, view, value, types, part, members;
  bool operator==(const words_of_ours&) const = default;
};

} // namespace

TEST_CASE("an aggregate with a member that braces cannot make is not opened short") {
  REFUSED_SOMEHOW(event);
  REFUSED_SOMEHOW(known_event);
  REFUSED_SOMEHOW(only_a_date);
  REFUSED_SOMEHOW(dates);
  REFUSED_SOMEHOW(array_of_dates);
  REFUSED_SOMEHOW(tagged_event);
  REFUSED_SOMEHOW(has_not_null);
  REFUSED_SOMEHOW(has_deleter);
  REFUSED_SOMEHOW(holds_event);
  REFUSED_SOMEHOW(keeps_pointer);
  REFUSED_SOMEHOW(std::vector<event>);
  REFUSED_SOMEHOW(std::map<int, std::optional<event>>);
  REFUSED(no_serialize_function, ".when[]", optional_date);
  is_sound(race{started(3), "text"});
  is_sound(tagged_race{{}, started(3), "text"});
}

TEST_CASE("references do not cross, wherever they stand") {
  REFUSED(reference, ".<0>", refers);
  REFUSED(reference, ".<0>", refers_to_rvalue);
  REFUSED(reference, ".<1>", refers_at_last);
  REFUSED(reference, ".<2>", refers_behind_others);
  REFUSED(reference, ".<0>", refers_twice);
  REFUSED(aggregate_that_cannot_be_opened, "", derived_refers);
  REFUSED(aggregate_that_cannot_be_opened, "", derived_refers_to_variable);
  REFUSED(reference, ".inner->.<0>", refers_and_owns);
  REFUSED_SOMEHOW(wraps_reference);
}

TEST_CASE("what no binding can name is not opened") {
  REFUSED(aggregate_that_cannot_be_opened, "", bits);
  REFUSED(aggregate_that_cannot_be_opened, "", only_bits);
  REFUSED(aggregate_that_cannot_be_opened, "", volatile_member);
  REFUSED(union_type, ".both", has_union);
  REFUSED(aggregate_that_cannot_be_opened, "", unnamed_union);
  REFUSED(aggregate_that_cannot_be_opened, "", base_and_member);
  REFUSED_SOMEHOW(has_greedy);
  is_sound(unnamed_type{{1, 2}, 3}, [](const unnamed_type& a, const unnamed_type& b) {
    return a.inner.a == b.inner.a && a.inner.b == b.inner.b && a.c == b.c;
  });
  is_sound(two_bases{{1}, {}}, [](const two_bases& a, const two_bases& b) { return a.a == b.a; });
}

TEST_CASE("what is opened arrives whole") {
  arrives(everything{true,
                     'z',
                     color::green,
                     {{1, 2, 3}, {4, 5, 6}},
                     {{1, 2}, {3, 4}},
                     {"one", "two"},
                     {true, false, true},
                     2.5L,
                     {{"a", {{1, 2}}}, {"b", {}}},
                     std::vector<bool>{true, false}});
  arrives(initialized{2, "other", {3}});
  arrives(tagged{{}, "a", 2});
  arrives(only_base{{1, 2}});
  arrives(holds_nothing{{}, 3, {}});
  arrives(aligned{'a', 2});
  arrives(padded{'a', 2, true});
  arrives(with_functions{3},
          [](const with_functions& a, const with_functions& b) { return (a, b) == 0 && a.twice() == b.twice(); });
  arrives(hides_address{3});
  arrives(has_lambda{3, {}});
  arrives(lists{{1}, {"b"}, "c"});
  arrives(generic<std::string, 2>{{"a", "b"}});
  arrives(generic<point, 1>{{{1, 2}}});
  arrives(tree{1, {{2, {{3}}}, {4}}});
  arrives(many_members{1,   2,   3,   4,   5,   6,    7,    8,    9,     10,   "1",   "2",  "3",   "4",  "5",
                       "6", "7", "8", "9", "0", true, true, true, false, true, false, true, false, true, true});
  arrives(words_of_ours{1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  struct local {
    std::string a;
    int b;
    bool operator==(const local& other) const { return a == other.a && b == other.b; }
  };
  arrives(local{"a", 2});
  owns_by_pointer owner;
  owner.one = std::make_unique<point>(point{1, 2});
  owner.many.push_back(std::make_unique<std::string>("many"));
  owner.many.emplace_back();
  arrives(owner, [](const owns_by_pointer& a, const owns_by_pointer& b) {
    return *a.one == *b.one && a.many.size() == b.many.size() && *a.many[0] == *b.many[0] && a.many[1] == nullptr;
  });
}
