// Classes derived from one that has functions: these know nothing of what is added.
#include <cereal/types/base_class.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "battery.hpp"

using battery::arrives;

namespace {

struct track : std::vector<double> {
  std::string name;
};
struct named : std::string {
  int id = 0;
};
struct measured : std::optional<int> {
  int unit = 0;
};
struct weighed : std::pair<int, int> {
  int weight = 0;
};
struct counted : std::shared_ptr<int> {
  int tag = 0;
};
struct table : std::map<int, int> {
  int width = 0;
};
struct from_tuple : std::tuple<int, int> {
  int more = 0;
};
struct from_variant : std::variant<int, std::string> {
  int more = 0;
};
template <class T> struct pointer_to : std::shared_ptr<T> {};
class private_names : std::vector<std::string> { // a stranger cannot serialize it
public:
  private_names() {}
  int more = 0;
};
class public_names : public std::vector<std::string> {
public:
  public_names() {}
  std::string title;
};

struct with_member {
  int a = 0;
  template <class Archive> void serialize(Archive& archive) { archive(a); }
};
struct adds_to_member : with_member {
  std::string text;
};
struct adds_deeper : adds_to_member {};
struct adds_twice : adds_to_member {
  int more = 0;
};
struct save_load {
  int a = 0;
  template <class Archive> void save(Archive& archive) const { archive(a); }
  template <class Archive> void load(Archive& archive) { archive(a); }
};
struct adds_to_save_load : save_load {
  std::string text;
};
struct minimal {
  int a = 0;
  template <class Archive> int save_minimal(const Archive&) const { return a; }
  template <class Archive> void load_minimal(const Archive&, const int& from) { a = from; }
};
struct adds_to_minimal : minimal {
  std::string text;
};
struct versioned {
  int a = 0;
  template <class Archive> void serialize(Archive& archive, std::uint32_t) { archive(a); }
};
struct adds_to_versioned : versioned {
  std::string text;
};
struct outside {
  int a = 0;
};
template <class Archive> void serialize(Archive& archive, outside& object) {
  archive(object.a);
}
struct adds_to_outside : outside {
  std::string text;
};
struct outside_save_load {
  int a = 0;
};
template <class Archive> void save(Archive& archive, const outside_save_load& object) {
  archive(object.a);
}
template <class Archive> void load(Archive& archive, outside_save_load& object) {
  archive(object.a);
}
struct adds_to_outside_save_load : outside_save_load {
  std::string text;
};
struct adds_class : with_member {
  adds_class() {}
  std::string text;
};
struct holds_track {
  int id;
  track inner;
};

// These add nothing, or say themselves what crosses.
struct renamed : with_member {
  bool operator==(const renamed& other) const { return a == other.a; }
};
struct names : std::vector<std::string> {
  using vector::vector;
};
struct own_functions : with_member {
  std::string text;
  bool operator==(const own_functions& other) const { return a == other.a && text == other.text; }
  template <class Archive> void serialize(Archive& archive) { archive(cereal::base_class<with_member>(this), text); }
};
template <class Derived> struct comparable {
  template <class Archive> void serialize(Archive& archive) { static_cast<Derived&>(*this).visit(archive); }
};
struct by_pattern : comparable<by_pattern> { // CRTP: the base's function knows what is added
  int a = 0;
  template <class Archive> void visit(Archive& archive) { archive(a); }
};
struct specialized : std::vector<double> {
  std::string name;
  template <class Archive> void serialize(Archive& archive) {
    archive(cereal::base_class<std::vector<double>>(this), name);
  }
};
struct ambiguous : std::vector<double> { // both its own function and the vector's
  std::string name;
  template <class Archive> void serialize(Archive& archive) {
    archive(cereal::base_class<std::vector<double>>(this), name);
  }
};

} // namespace
CEREAL_SPECIALIZE_FOR_ALL_ARCHIVES(specialized, cereal::specialization::member_serialize)

TEST_CASE("what is added to a standard type does not stay behind in silence") {
  REFUSED(inherited_serialize_function, "", track);
  REFUSED(inherited_serialize_function, "", named);
  REFUSED(inherited_serialize_function, "", measured);
  REFUSED(inherited_serialize_function, "", weighed);
  REFUSED(inherited_serialize_function, "", counted);
  REFUSED(inherited_serialize_function, "", table);
  REFUSED(inherited_serialize_function, "", from_tuple);
  REFUSED(inherited_serialize_function, "", from_variant);
  REFUSED_SOMEHOW(private_names);
  REFUSED(inherited_serialize_function, "", public_names);
  REFUSED(raw_pointer, "->", pointer_to<int*>);
  REFUSED(inherited_serialize_function, ".inner", holds_track);
  REFUSED(inherited_serialize_function, "[]", std::vector<track>);
}

TEST_CASE("what is added to a class with functions does not stay behind in silence") {
  REFUSED(inherited_serialize_function, "", adds_to_member);
  REFUSED(inherited_serialize_function, "", adds_deeper);
  REFUSED(inherited_serialize_function, "", adds_twice);
  REFUSED(inherited_serialize_function, "", adds_to_save_load);
  REFUSED(inherited_serialize_function, "", adds_to_minimal);
  REFUSED(inherited_serialize_function, "", adds_to_versioned);
  REFUSED(inherited_serialize_function, "", adds_to_outside);
  REFUSED(inherited_serialize_function, "", adds_to_outside_save_load);
  REFUSED(inherited_serialize_function, "", adds_class);
  REFUSED(inherited_serialize_function, "->", std::unique_ptr<adds_to_member>);
  REFUSED(several_serialize_functions, "", ambiguous);
}

TEST_CASE("who adds nothing, or has functions of his own, arrives") {
  renamed r;
  r.a = 3;
  arrives(r);
  const names n{"a", "b"};
  battery::is_sound(n);
  own_functions o;
  o.a = 1;
  o.text = "text";
  arrives(o);
  by_pattern p; // in doubt refused
  p.a = 4;
  battery::is_sound(p, [](const by_pattern& a, const by_pattern& b) { return a.a == b.a; });
  specialized s;
  s.assign({1, 2});
  s.name = "name";
  arrives(s, [](const specialized& a, const specialized& b) {
    return static_cast<const std::vector<double>&>(a) == b && a.name == b.name;
  });
  pointer_to<int> pointer;
  static_cast<std::shared_ptr<int>&>(pointer) = std::make_shared<int>(3);
  battery::is_sound(pointer, [](const pointer_to<int>& a, const pointer_to<int>& b) { return *a == *b; });
}
