// Which functions count as those of a class, and that the ones that do are the ones that run.
#include <crosspool/bytes/codec.hpp>

#include <cereal/archives/binary.hpp>
#include <cereal/types/base_class.hpp>
#include <cereal/types/set.hpp>

#include <any>
#include <functional>
#include <iosfwd>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"

using namespace crosspool::detail;
using crosspool::crossable;

namespace {

template <class T> constexpr auto why = examined<T>.why;

template <class T> T there_and_back(const T& value) {
  bytes buffer;
  encode(buffer, value);
  byte_view rest = buffer;
  auto back = decode<T>(rest);
  CHECK(rest.empty());
  return back;
}

// ---- what derives from a class with functions ----

struct with_serialize {
  int a = 0;
  template <class Archive> void serialize(Archive& archive) { archive(a); }
};
struct adds_text : with_serialize {
  std::string text;
};
struct adds_none : with_serialize {};
class with_private_serialize {
public:
  int a = 0;

private:
  friend class cereal::access;
  template <class Archive> void serialize(Archive& archive) { archive(a); }
};
class adds_to_private : public with_private_serialize {
public:
  std::string text;
};
class adds_none_to_private : public with_private_serialize {};
struct with_room_at_end {
  virtual ~with_room_at_end() = default;
  int a = 0;
  template <class Archive> void serialize(Archive& archive) { archive(a); }
};
struct fills_room : with_room_at_end {
  char b = 0;
};
struct leaves_room : with_room_at_end {};
struct serializes_both : with_room_at_end {
  int b = 0;
  template <class Archive> void serialize(Archive& archive) { archive(cereal::base_class<with_room_at_end>(this), b); }
};
struct with_save_and_load {
  int a = 0;
  template <class Archive> void save(Archive& archive) const { archive(a); }
  template <class Archive> void load(Archive& archive) { archive(a); }
};
struct only_save_of_its_own : with_save_and_load {
  int b = 0;
  template <class Archive> void save(Archive& archive) const { archive(a, b); }
};
struct serialize_beside_save : with_save_and_load {
  int b = 0;
  template <class Archive> void serialize(Archive& archive) { archive(a, b); }
};
struct with_minimal {
  int a = 0;
  template <class Archive> int save_minimal(const Archive&) const { return a; }
  template <class Archive> void load_minimal(const Archive&, const int& from) { a = from; }
};
struct adds_to_minimal : with_minimal {
  int b = 0;
};
template <class Derived> struct serializes_for {
  template <class Archive> void serialize(Archive& archive) { archive(static_cast<Derived&>(*this).a); }
};
struct serialized_by_base : serializes_for<serialized_by_base> {
  int a = 0;
};

struct track : std::vector<double> {
  std::string name;
};
struct named : std::string {
  int number = 0;
};
struct with_unit : std::optional<int> {
  int unit = 0;
};
struct with_weight : std::pair<int, int> {
  int weight = 0;
};
struct tagged_pointer : std::shared_ptr<int> {
  int tag = 0;
};
struct tagged_set : std::set<int> {
  int tag = 0;
};
template <class T> struct own_pointer : std::shared_ptr<T> {
  using std::shared_ptr<T>::shared_ptr;
};
struct own_vector : std::vector<int> {};
struct no_default {
  explicit no_default(int) {}
};

struct track_with_serialize : std::vector<double> {
  std::string name;
  template <class Archive> void serialize(Archive& archive) {
    archive(cereal::base_class<std::vector<double>>(this), name);
  }
};
struct track_with_choice : track_with_serialize {
  template <class Archive> void serialize(Archive& archive) {
    archive(cereal::base_class<std::vector<double>>(this), name);
  }
};

} // namespace
CEREAL_SPECIALIZE_FOR_ALL_ARCHIVES(track_with_choice, cereal::specialization::member_serialize)

namespace functions_outside {

struct base {
  int a = 0;
};
template <class Archive> void serialize(Archive& archive, base& object) {
  archive(object.a);
}
struct adds : base {
  int b = 0;
};
struct adds_none : base {};
struct adds_perhaps : base {
  adds_perhaps() {}
};
struct has_its_own : base {
  template <class Archive> void serialize(Archive& archive) { archive(a); }
};

struct versioned {
  int a = 0;
};
template <class Archive> void save(Archive& archive, const versioned& object, std::uint32_t) {
  archive(object.a);
}
template <class Archive> void load(Archive& archive, versioned& object, std::uint32_t) {
  archive(object.a);
}
struct adds_to_versioned : versioned {
  int b = 0;
};

struct saved_as_copy {
  int a = 0;
};
template <class Archive> void save(Archive& archive, saved_as_copy object) {
  archive(object.a);
}
template <class Archive> void load(Archive& archive, saved_as_copy& object) {
  archive(object.a);
}

struct two_ways {
  double radians = 0;
  template <class Archive> void serialize(Archive& archive) { archive(radians); }
};
template <class Archive> void save(Archive& archive, const two_ways& object) {
  archive(object.radians * 2);
}
template <class Archive> void load(Archive& archive, two_ways& object) {
  archive(object.radians);
}

// ---- what converts ----

struct celsius {
  double degrees = 0;
};
template <class Archive> void save(Archive& archive, const celsius& object) {
  archive(object.degrees);
}
template <class Archive> void load(Archive& archive, celsius& object) {
  archive(object.degrees);
}

} // namespace functions_outside

namespace json_library {
struct value {
  value() = default;
  template <class T>
    requires(!std::is_same_v<T, value>)
  value(const T&) {}
  int number = 0;
};
} // namespace json_library
namespace cereal {
template <class Archive> void save(Archive& archive, const json_library::value& object) {
  archive(object.number);
}
template <class Archive> void load(Archive& archive, json_library::value& object) {
  archive(object.number);
}
} // namespace cereal

namespace {

struct kelvin {
  double degrees = 0;
  operator functions_outside::celsius() const { return {degrees - 273.15}; }
};
struct kelvin_with_serialize {
  double degrees = 0;
  operator functions_outside::celsius() const { return {degrees - 273.15}; }
  template <class Archive> void serialize(Archive& archive) { archive(degrees); }
};
struct kelvin_with_save {
  double degrees = 0;
  operator functions_outside::celsius&() const;
  template <class Archive> void save(Archive& archive) const { archive(degrees); }
  template <class Archive> void load(Archive& archive) { archive(degrees); }
};
struct to_anything {
  int a = 1;
  template <class T> operator T() const { return T{}; }
};
struct to_any_reference {
  int a = 1;
  template <class T> operator T&() const {
    static T made;
    return made;
  }
};
struct around_to_anything {
  to_anything first;
  int second = 0;
};

// ---- functions for others ----

struct for_one_archive {
  int a = 0;
  void serialize(cereal::BinaryOutputArchive&) {}
};
struct saves_to_files {
  int a = 0;
  void save(const std::string&) const {}
  void save(std::ostream&) const {}
  void load(const std::string&) {}
  int serialize() const { return a; }
};

// ---- a user's functions for what cereal serializes, or does not ----

class texture {
public:
  explicit texture(std::string name) : name_(std::move(name)) {}
  [[nodiscard]] const std::string& name() const { return name_; }

private:
  std::string name_;
};
std::shared_ptr<texture> find_texture(const std::string& name) {
  static std::map<std::string, std::shared_ptr<texture>> all;
  auto& found = all[name];
  if (!found)
    found = std::make_shared<texture>(name);
  return found;
}
struct sprite {
  int x = 0;
  std::shared_ptr<texture> shown;
};
struct node {
  int number = 0;
};
std::vector<node>& nodes() {
  static std::vector<node> all(10);
  return all;
}

} // namespace
namespace cereal {
template <class Archive> void save(Archive& archive, const std::shared_ptr<texture>& pointer) {
  archive(pointer->name());
}
template <class Archive> void load(Archive& archive, std::shared_ptr<texture>& pointer) {
  std::string name;
  archive(name);
  pointer = find_texture(name);
}
template <class Archive> void save(Archive& archive, const std::vector<node*>& list) {
  archive(list.size());
  for (const auto* each : list)
    archive(each - nodes().data());
}
template <class Archive> void load(Archive& archive, std::vector<node*>& list) {
  std::size_t size = 0;
  archive(size);
  list.resize(size);
  for (auto& each : list) {
    std::ptrdiff_t at = 0;
    archive(at);
    each = nodes().data() + at;
  }
}
template <class Archive, class Key> void save(Archive& archive, const std::map<Key, node*>& map) {
  archive(map.size());
}
template <class Archive, class Key> void load(Archive& archive, std::map<Key, node*>& map) {
  std::size_t size = 0;
  archive(size);
  map.clear();
}
template <class Archive> void save(Archive& archive, const std::any& any) {
  archive(std::any_cast<int>(any));
}
template <class Archive> void load(Archive& archive, std::any& any) {
  int number = 0;
  archive(number);
  any = number;
}
} // namespace cereal

namespace {

// ---- what looks like a map ----

template <class K, class V> class map_without_hints {
public:
  using key_type = K;
  using mapped_type = V;
  using value_type = std::pair<const K, V>;
  [[nodiscard]] std::size_t size() const { return all_.size(); }
  [[nodiscard]] auto begin() const { return all_.begin(); }
  [[nodiscard]] auto end() const { return all_.end(); }
  void clear() { all_.clear(); }
  void insert(value_type value) { all_.insert(std::move(value)); }

private:
  std::map<K, V> all_;
};

template <class K, class V, class Compare = std::less<K>> class map_of_a_user {
public:
  using key_type = K;
  using mapped_type = V;
  using key_compare = Compare;
  [[nodiscard]] std::size_t size() const { return all_.size(); }
  [[nodiscard]] auto begin() const { return all_.begin(); }
  [[nodiscard]] auto end() const { return all_.end(); }
  void clear() { all_.clear(); }
  template <class... Args> auto emplace_hint(typename std::map<K, V, Compare>::const_iterator at, Args&&... args) {
    return typename std::map<K, V, Compare>::const_iterator(all_.emplace_hint(at, std::forward<Args>(args)...));
  }
  bool operator==(const map_of_a_user&) const = default;

private:
  std::map<K, V, Compare> all_;
};
struct ordered_by_flag {
  bool descending = false;
  bool operator()(int a, int b) const { return descending ? b < a : a < b; }
};

// ---- a default constructor for cereal alone ----

class made_by_cereal_alone {
public:
  explicit made_by_cereal_alone(int number) : number_(number) {}
  [[nodiscard]] int number() const { return number_; }

private:
  friend class cereal::access;
  made_by_cereal_alone() = default;
  template <class Archive> void serialize(Archive& archive) { archive(number_); }
  int number_ = 0;
};
class made_by_nobody {
public:
  explicit made_by_nobody(int number) : number_(number) {}

private:
  friend class cereal::access;
  template <class Archive> void serialize(Archive& archive) { archive(number_); }
  int number_;
};

} // namespace

// Namespaces whose names begin like cereal's, and one in it.
namespace cereal_like {
struct plain {
  int a;
};
class closed {
public:
  explicit closed(int a) : a_(a) {}
  [[nodiscard]] int a() const { return a_; }

private:
  int a_;
};
} // namespace cereal_like
namespace cereal::of_a_user {
struct plain {
  int a;
};
class closed {
public:
  explicit closed(int a) : a_(a) {}
  [[nodiscard]] int a() const { return a_; }

private:
  int a_;
};
} // namespace cereal::of_a_user

TEST_CASE("what derives from a class with functions and adds to it is refused") {
  STATIC_REQUIRE(why<adds_text> == kind::inherited_serialize_function);
  STATIC_REQUIRE(why<adds_to_private> == kind::inherited_serialize_function);
  STATIC_REQUIRE(why<fills_room> == kind::inherited_serialize_function);
  STATIC_REQUIRE(why<only_save_of_its_own> == kind::inherited_serialize_function);
  STATIC_REQUIRE(why<adds_to_minimal> == kind::inherited_serialize_function);
  STATIC_REQUIRE(why<track> == kind::inherited_serialize_function);
  STATIC_REQUIRE(why<named> == kind::inherited_serialize_function);
  STATIC_REQUIRE(why<with_unit> == kind::inherited_serialize_function);
  STATIC_REQUIRE(why<with_weight> == kind::inherited_serialize_function);
  STATIC_REQUIRE(why<tagged_pointer> == kind::inherited_serialize_function);
  STATIC_REQUIRE(why<tagged_set> == kind::inherited_serialize_function);
  STATIC_REQUIRE(why<functions_outside::adds> == kind::inherited_serialize_function);
  STATIC_REQUIRE(why<functions_outside::adds_perhaps> == kind::inherited_serialize_function);
  STATIC_REQUIRE(why<functions_outside::adds_to_versioned> == kind::inherited_serialize_function);
}

TEST_CASE("what adds nothing to a class with functions crosses as that class does") {
  STATIC_REQUIRE(crossable<adds_none>);
  STATIC_REQUIRE(crossable<adds_none_to_private>);
  STATIC_REQUIRE(crossable<leaves_room>);
  STATIC_REQUIRE(crossable<functions_outside::adds_none>);
  STATIC_REQUIRE(crossable<own_pointer<int>>);
  STATIC_REQUIRE(why<own_pointer<int*>> == kind::raw_pointer);
  STATIC_REQUIRE(why<own_pointer<no_default>> == kind::no_serialize_function);
  own_vector numbers;
  numbers.assign({1, 2});
  CHECK(there_and_back(numbers) == numbers);
  adds_none one;
  one.a = 3;
  CHECK(there_and_back(one).a == 3);
  CHECK(*there_and_back(own_pointer<int>(new int(4))) == 4);
}

TEST_CASE("a base that serializes for the class derived from it, or is serialized by it, leaves nothing behind") {
  serialized_by_base one;
  one.a = 5;
  CHECK(there_and_back(one).a == 5);
  serializes_both two;
  two.a = 1;
  two.b = 2;
  const auto back = there_and_back(two);
  CHECK(back.a == 1);
  CHECK(back.b == 2);
}

TEST_CASE("more than one function is none, unless one is chosen") {
  STATIC_REQUIRE(why<functions_outside::two_ways> == kind::several_serialize_functions);
  STATIC_REQUIRE(why<functions_outside::has_its_own> == kind::several_serialize_functions);
  STATIC_REQUIRE(why<serialize_beside_save> == kind::several_serialize_functions);
  STATIC_REQUIRE(why<track_with_serialize> == kind::several_serialize_functions);
  track_with_choice value;
  value.push_back(1.5);
  value.name = "n";
  const auto back = there_and_back(value);
  CHECK(back.size() == 1);
  CHECK(back.name == "n");
}

TEST_CASE("functions for what a class converts to are none for the class") {
  CHECK(there_and_back(kelvin{300}).degrees == 300);
  CHECK(there_and_back(kelvin_with_serialize{300}).degrees == 300);
  CHECK(there_and_back(kelvin_with_save{300}).degrees == 300);
  CHECK(there_and_back(to_anything{3}).a == 3);
  CHECK(there_and_back(to_any_reference{3}).a == 3);
  const auto both = there_and_back(around_to_anything{{3}, 4});
  CHECK(both.first.a == 3);
  CHECK(both.second == 4);
  CHECK(there_and_back(with_serialize{6}).a == 6); // converts to json_library::value
  CHECK(there_and_back(std::vector<std::pair<int, kind>>{{1, kind::view}})[0].second == kind::view);
  json_library::value value;
  value.number = 7;
  CHECK(there_and_back(value).number == 7);
}

TEST_CASE("functions that take the object in another way are found") {
  CHECK(there_and_back(functions_outside::saved_as_copy{8}).a == 8);
  CHECK(there_and_back(functions_outside::versioned{9}).a == 9);
}

TEST_CASE("a function for other archives is told, functions that only have such a name are not") {
  STATIC_REQUIRE(why<for_one_archive> == kind::serialize_function_for_others);
  CHECK(there_and_back(saves_to_files{2}).a == 2);
}

TEST_CASE("a user's functions for a standard type are preferred") {
  STATIC_REQUIRE(has_functions_of_a_user<std::shared_ptr<texture>>);
  STATIC_REQUIRE(has_functions_of_a_user<std::vector<node*>>);
  STATIC_REQUIRE(has_functions_of_a_user<std::map<int, node*>>);
  STATIC_REQUIRE(has_functions_of_a_user<std::any>);
  const sprite one{3, find_texture("grass")};
  CHECK(there_and_back(one).shown == one.shown);
  const std::vector<node*> some{&nodes()[4], &nodes()[2]};
  CHECK(there_and_back(some) == some);
  CHECK(std::any_cast<int>(there_and_back(std::any(5))) == 5);
  STATIC_REQUIRE(crossable<std::map<int, node*>>);
  STATIC_REQUIRE(why<std::mt19937> == kind::no_serialize_function);
}

TEST_CASE("cereal's functions are not taken for a user's") {
  STATIC_REQUIRE_FALSE(has_functions_of_a_user<std::vector<int>>);
  STATIC_REQUIRE_FALSE(has_functions_of_a_user<std::vector<bool>>);
  STATIC_REQUIRE_FALSE(has_functions_of_a_user<std::vector<std::string>>);
  STATIC_REQUIRE_FALSE(has_functions_of_a_user<std::map<int, int>>);
  STATIC_REQUIRE_FALSE(has_functions_of_a_user<std::shared_ptr<int>>);
  STATIC_REQUIRE_FALSE(has_functions_of_a_user<std::unique_ptr<int>>);
  STATIC_REQUIRE_FALSE(has_functions_of_a_user<std::pair<int, int>>);
  STATIC_REQUIRE_FALSE(has_functions_of_a_user<std::tuple<>>);
  STATIC_REQUIRE_FALSE(has_functions_of_a_user<std::tuple<int, int, int, int, int, int, int>>);
  STATIC_REQUIRE_FALSE(has_functions_of_a_user<std::variant<int>>);
  STATIC_REQUIRE_FALSE(has_functions_of_a_user<std::variant<int, long, char, bool, float, double>>);
  STATIC_REQUIRE_FALSE(has_functions_of_a_user<std::optional<int>>);
  STATIC_REQUIRE_FALSE(has_functions_of_a_user<std::monostate>);
}

TEST_CASE("what looks like a map but cannot be used as one is refused") {
  STATIC_REQUIRE(why<map_without_hints<int, int>> == kind::no_serialize_function);
}

TEST_CASE("what can be used as a map crosses as one") {
  STATIC_REQUIRE(why<map_of_a_user<int, int*>> == kind::raw_pointer);
  STATIC_REQUIRE(why<map_of_a_user<int, int, ordered_by_flag>> == kind::state_left_behind);
  map_of_a_user<int, std::string> numbers;
  numbers.emplace_hint(numbers.end(), 1, "one");
  CHECK(there_and_back(numbers) == numbers);
}

TEST_CASE("a default constructor that only cereal may call suffices where cereal makes the object") {
  STATIC_REQUIRE(why<made_by_cereal_alone> == kind::not_default_constructible);
  STATIC_REQUIRE_FALSE(crossable<std::vector<made_by_cereal_alone>>);
  STATIC_REQUIRE_FALSE(crossable<std::shared_ptr<made_by_nobody>>);
  CHECK(there_and_back(std::make_shared<made_by_cereal_alone>(3))->number() == 3);
  CHECK(there_and_back(std::vector<std::shared_ptr<made_by_cereal_alone>>(1, std::make_shared<made_by_cereal_alone>(4)))
            .front()
            ->number() == 4);
  CHECK(there_and_back(std::make_unique<made_by_cereal_alone>(5))->number() == 5);
}

TEST_CASE("only cereal's own wrappers are taken for such") {
  STATIC_REQUIRE(crossable<cereal_like::plain>);
  STATIC_REQUIRE(crossable<cereal::of_a_user::plain>);
  STATIC_REQUIRE(why<cereal_like::closed> == kind::no_serialize_function);
  STATIC_REQUIRE(why<cereal::of_a_user::closed> == kind::no_serialize_function);
}
