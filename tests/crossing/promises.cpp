// What the README says crosses, in its order; and of cereal's headers only those that it says are included.
#include <array>
#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "battery.hpp"

using battery::arrives;

namespace {

// ---- aggregates ----

#define EIGHT(name) name##0, name##1, name##2, name##3, name##4, name##5, name##6, name##7
struct members_64 {
  int EIGHT(a), EIGHT(b), EIGHT(c), EIGHT(d), EIGHT(e), EIGHT(f), EIGHT(g);
  std::string EIGHT(h);
  bool operator==(const members_64&) const = default;
};
struct members_65 {
  int EIGHT(a), EIGHT(b), EIGHT(c), EIGHT(d), EIGHT(e), EIGHT(f), EIGHT(g), EIGHT(h), last;
};
#undef EIGHT
struct constants {
  const int number;
  const std::string text;
  bool operator==(const constants&) const = default;
};
struct constants_by_default {
  const int number = 1;
  const std::string text = "text";
  bool operator==(const constants_by_default&) const = default;
  bool operator<(const constants_by_default& other) const { return number < other.number; }
};
struct bit_field {
  int bits : 3;
};
struct reference_member {
  int& number;
};
union number {
  int whole;
  float real;
};
struct union_member {
  number value;
};
struct volatile_member {
  volatile int number;
};
struct holds_something {
  int number;
};
struct base_that_holds : holds_something {
  int more;
};
struct holds_nothing {};
struct base_that_holds_nothing : holds_nothing {
  int number;
  bool operator==(const base_that_holds_nothing& other) const { return number == other.number; }
};

// ---- classes with functions, in each of cereal's forms ----

class value { // for all of them
public:
  value() = default;
  explicit value(int from) : number(from), text(std::to_string(from)) {}
  bool operator==(const value&) const = default;

protected:
  int number = 0;
  std::string text;
};
#define FORM(name)                                                                                                     \
  class name : public value {                                                                                          \
  public:                                                                                                              \
    using value::value;
#define END_OF_FORM                                                                                                    \
  }                                                                                                                    \
  ;
FORM(by_serialize)
template <class Archive> void serialize(Archive& archive) {
  archive(number, text);
}
END_OF_FORM
FORM(by_serialize_versioned)
template <class Archive> void serialize(Archive& archive, std::uint32_t version) {
  archive(number, text);
  number += version == 3 ? 0 : 1;
}
END_OF_FORM
FORM(by_save_and_load)
template <class Archive> void save(Archive& archive) const {
  archive(number, text);
}
template <class Archive> void load(Archive& archive) {
  archive(number, text);
}
END_OF_FORM
FORM(by_save_and_load_versioned)
template <class Archive> void save(Archive& archive, std::uint32_t) const {
  archive(number, text);
}
template <class Archive> void load(Archive& archive, std::uint32_t) {
  archive(number, text);
}
END_OF_FORM
FORM(by_minimal)
template <class Archive> std::string save_minimal(const Archive&) const {
  return text;
}
template <class Archive> void load_minimal(const Archive&, const std::string& from) {
  text = from;
  number = std::stoi(text);
}
END_OF_FORM
FORM(by_minimal_versioned)
template <class Archive> int save_minimal(const Archive&, std::uint32_t) const {
  return number;
}
template <class Archive> void load_minimal(const Archive&, const int& from, std::uint32_t) {
  *this = by_minimal_versioned(from);
}
END_OF_FORM
FORM(by_non_member_serialize)
template <class Archive> friend void serialize(Archive& archive, by_non_member_serialize& object) {
  archive(object.number, object.text);
}
END_OF_FORM
FORM(by_non_member_save_and_load)
template <class Archive> friend void save(Archive& archive, const by_non_member_save_and_load& object) {
  archive(object.number, object.text);
}
template <class Archive> friend void load(Archive& archive, by_non_member_save_and_load& object) {
  archive(object.number, object.text);
}
END_OF_FORM
FORM(by_non_member_minimal)
template <class Archive> friend int save_minimal(const Archive&, const by_non_member_minimal& object) {
  return object.number;
}
template <class Archive> friend void load_minimal(const Archive&, by_non_member_minimal& object, const int& from) {
  object = by_non_member_minimal(from);
}
END_OF_FORM
FORM(by_private)
private:
friend class cereal::access;
template <class Archive> void serialize(Archive& archive) {
  archive(number, text);
}
END_OF_FORM
#undef FORM
#undef END_OF_FORM
class not_made_by_default : public value {
public:
  explicit not_made_by_default(int from) : value(from) {}
  template <class Archive> void serialize(Archive& archive) { archive(number); }
};
struct all_forms {
  by_serialize a;
  by_save_and_load b;
  std::vector<by_minimal> c;
  std::map<int, by_private> d;
  bool operator==(const all_forms&) const = default;
};

struct model {
  std::string name;
};
const model the_model;
struct points_to_model {
  int id;
  const model* inherited;
  bool operator==(const points_to_model&) const = default;
};

} // namespace
CEREAL_CLASS_VERSION(by_serialize_versioned, 3)
template <> inline constexpr bool crosspool::crosses_as_bytes<const model*> = true;

TEST_CASE("the headers that are included, and one that is not") {
  arrives(std::array<std::string, 1>{"array"});
  arrives(std::map<int, std::string>{{1, "map"}});
  arrives(std::make_unique<std::string>("memory"), [](const auto& a, const auto& b) { return *a == *b; });
  arrives(std::optional<std::string>("optional"));
  arrives(std::string("string"));
  arrives(std::tuple<int, std::string>(1, "tuple"));
  arrives(std::pair<int, std::string>(1, "utility"));
  arrives(std::variant<int, std::string>("variant"));
  arrives(std::vector<std::string>{"vector"});
  REFUSED(missing_cereal_header, "", std::deque<int>);
  REFUSED(missing_cereal_header, "[]", std::vector<std::list<int>>);
}

TEST_CASE("aggregates of up to 64 members") {
  members_64 many{};
  many.a0 = 1;
  many.g7 = 2;
  many.h0 = "first";
  many.h7 = "last";
  arrives(many);
  REFUSED(aggregate_that_cannot_be_opened, "", members_65);
}

TEST_CASE("const members, also in what makes an element first if there is a default constructor") {
  const constants c{3, "three"};
  const auto same = [](const auto& a, const auto& b) { return a == b; };
  arrives(c, same);
  arrives(std::vector<constants>{c, c}, same);
  arrives(std::optional<constants>(c), same);
  arrives(std::map<int, constants>{{1, c}}, same);
  const constants_by_default d{3, "three"};
  arrives(std::pair<int, constants_by_default>(1, d), same);
  arrives(std::tuple<constants_by_default, int>(d, 1), same);
  arrives(std::variant<int, constants_by_default>(d), same);
  arrives(std::make_unique<constants_by_default>(d), [](const auto& a, const auto& b) { return *a == *b; });
  arrives(std::make_shared<constants_by_default>(d), [](const auto& a, const auto& b) { return *a == *b; });
  REFUSED(constant, ".<1>.number", std::pair<int, constants>);
  REFUSED(constant, ".<0>.number", std::tuple<constants, int>);
  REFUSED(constant, ".<1>.number", std::variant<int, constants>);
  REFUSED(constant, "->.number", std::unique_ptr<constants>);
}

TEST_CASE("without bit-fields, references, unions, volatile, or bases that hold something") {
  REFUSED_SOMEHOW(bit_field);
  REFUSED_SOMEHOW(reference_member);
  REFUSED(union_type, ".value", union_member);
  REFUSED_SOMEHOW(volatile_member);
  REFUSED_SOMEHOW(base_that_holds);
  arrives(base_that_holds_nothing{{}, 3});
}

TEST_CASE("cereal's functions in any of their forms") {
  arrives(by_serialize(3));
  arrives(by_serialize_versioned(3));
  arrives(by_save_and_load(3));
  arrives(by_save_and_load_versioned(3));
  arrives(by_minimal(3));
  arrives(by_minimal_versioned(3));
  arrives(by_non_member_serialize(3));
  arrives(by_non_member_save_and_load(3));
  arrives(by_non_member_minimal(3));
  arrives(by_private(3));
  REFUSED(not_default_constructible, "", not_made_by_default);
  arrives(all_forms{by_serialize(1), by_save_and_load(2), {by_minimal(3)}, {{4, by_private(5)}}});
}

TEST_CASE("who knows better may have bytes sent as they are") {
  arrives(points_to_model{1, &the_model});
  arrives(std::vector<const model*>{&the_model, nullptr});
  REFUSED(raw_pointer, "", model*);
}
