// Classes that convert: to anything, to a class with functions, from anything. What a function of another type would do
// with the converted value is not what the class is.
#include <map>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "battery.hpp"

using battery::arrives;
using battery::is_sound;

namespace {

struct to_anything {
  template <class T> operator T() const { return T{}; }
  int x = 1;
};
struct to_any_reference {
  int x = 1;
  template <class T> operator T&() const {
    static T made;
    return made;
  }
};
class closed_to_anything {
public:
  closed_to_anything() {}
  explicit closed_to_anything(int from) : x(from) {}
  template <class T> operator T() const { return T{}; }
  int x = 1;
};
struct holder {
  to_anything inner;
  int number = 2;
};

struct celsius {
  double degrees = 0;
};
template <class Archive> void save(Archive& archive, const celsius& from) {
  archive(from.degrees);
}
template <class Archive> void load(Archive& archive, celsius& into) {
  archive(into.degrees);
}
struct kelvin { // an aggregate that converts to a class with functions
  double degrees = 0;
  std::string scale = "K";
  operator celsius() const { return {degrees - 273}; }
  bool operator==(const kelvin&) const = default;
};
struct from_celsius { // can be made of one, but is none
  from_celsius() = default;
  from_celsius(celsius from) : degrees(from.degrees + 273) {}
  double degrees = 0;
  void* secret = nullptr;
};
class closed_kelvin {
public:
  closed_kelvin() {}
  operator celsius() const { return {}; }
  int* pointer = nullptr;
};
class refers_to_celsius {
public:
  refers_to_celsius() {}
  operator celsius&() { return inner_; }
  operator const celsius&() const { return inner_; }

private:
  celsius inner_;
  int more_ = 0;
};

struct to_int {
  int x = 0;
  std::string text;
  operator int() const { return x; }
};
struct to_bool {
  std::string text;
  explicit operator bool() const { return !text.empty(); }
  bool operator==(const to_bool&) const = default;
};
struct to_string {
  std::string text;
  int x = 0;
  operator std::string() const { return text; }
  operator const std::string&() const { return text; }
};
struct to_vector {
  std::vector<int> list;
  int x = 0;
  operator const std::vector<int>&() const { return list; }
  operator std::vector<int>&() { return list; }
};
struct to_pointer {
  int x = 0;
  std::string text;
  operator const char*() const { return text.c_str(); }
  operator void*() { return this; }
};
class closed_to_string {
public:
  closed_to_string() {}
  operator std::string&() { return text_; }
  operator const std::string&() const { return text_; }

private:
  std::string text_;
  int more_ = 0;
};
struct with_own_functions { // converts to anything, and says itself what crosses
  int x = 1;
  template <class T> operator T() const { return T{}; }
  template <class Archive> void serialize(Archive& archive) { archive(x); }
};

enum class state { off, on };

} // namespace

// A class like those that JSON libraries have: it can be made of all that is data, and becomes that.
namespace dynamic {
template <class T>
concept data = std::is_arithmetic_v<T> || std::is_enum_v<T> || requires(const T& object) { object.begin(); } ||
               requires(const T& object) { object.first; } || requires { typename T::dynamic_value; };
class value {
public:
  value() = default;
  template <data T> value(const T&) {}
  template <data T> operator T() const { return T{}; }
  std::string text;
};
} // namespace dynamic
namespace cereal {
template <class Archive> void save(Archive& archive, const dynamic::value& from) {
  archive(from.text);
}
template <class Archive> void load(Archive& archive, dynamic::value& into) {
  archive(into.text);
}
} // namespace cereal
namespace {
struct with_value { // has nothing to do with value but that it can be made of one
  using dynamic_value = void;
  int number = 0;
  std::string text;
  bool operator==(const with_value&) const = default;
};
class serializes_itself {
public:
  using dynamic_value = void;
  serializes_itself() {}
  template <class Archive> void serialize(Archive& archive) { archive(number); }
  bool operator==(const serializes_itself&) const = default;
  int number = 0;
};
} // namespace

TEST_CASE("what converts to anything does not count as serialized") {
  is_sound(to_anything{3}, [](const to_anything& a, const to_anything& b) { return a.x == b.x; });
  is_sound(to_any_reference{3}, [](const to_any_reference& a, const to_any_reference& b) { return a.x == b.x; });
  is_sound(closed_to_anything(3), [](const closed_to_anything& a, const closed_to_anything& b) { return a.x == b.x; });
  is_sound(holder{{3}, 4},
           [](const holder& a, const holder& b) { return a.inner.x == b.inner.x && a.number == b.number; });
  arrives(with_own_functions{3}, [](const with_own_functions& a, const with_own_functions& b) { return a.x == b.x; });
}

TEST_CASE("functions of a class that something converts to are not its functions") {
  arrives(kelvin{300, "Kelvin"});
  REFUSED(no_serialize_function, "", from_celsius);
  REFUSED(no_serialize_function, "", closed_kelvin);
  REFUSED_SOMEHOW(refers_to_celsius);
  REFUSED_SOMEHOW(closed_to_string);
  is_sound(to_int{3, "text"}, [](const to_int& a, const to_int& b) { return a.x == b.x && a.text == b.text; });
  arrives(to_bool{"text"});
  is_sound(to_string{"text", 3}, [](const to_string& a, const to_string& b) { return a.x == b.x && a.text == b.text; });
  is_sound(to_vector{{1, 2}, 3}, [](const to_vector& a, const to_vector& b) { return a.x == b.x && a.list == b.list; });
  is_sound(to_pointer{3, "text"},
           [](const to_pointer& a, const to_pointer& b) { return a.x == b.x && a.text == b.text; });
}

TEST_CASE("functions in namespace cereal for what anything converts to change nothing for others") {
  arrives(std::vector<std::pair<int, state>>{{1, state::on}});
  arrives(std::map<std::string, state>{{"a", state::on}});
  arrives(with_value{3, "text"});
  arrives(std::pair<with_value, std::string>{{3, "text"}, "s"});
  serializes_itself s;
  s.number = 3;
  arrives(s);
  arrives(std::variant<with_value, int>(3));
  dynamic::value v;
  v.text = "text";
  arrives(v, [](const dynamic::value& a, const dynamic::value& b) { return a.text == b.text; });
}
