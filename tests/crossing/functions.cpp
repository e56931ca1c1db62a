// cereal's functions in the forms that say how something crosses, and those that say too much or too little.
#include <cereal/types/polymorphic.hpp>

#include <any>
#include <concepts>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "battery.hpp"

using battery::arrives;
using battery::is_sound;

namespace {

// ---- deferred ----

struct node {
  int id = 0;
  std::vector<std::shared_ptr<node>> out;
  template <class Archive> void serialize(Archive& archive) { archive(id, cereal::defer(out)); }
};
struct graph {
  std::vector<std::shared_ptr<node>> nodes;
};
int edges(const graph& of) {
  int count = 0;
  for (const auto& each : of.nodes)
    for (const auto& other : each->out)
      count += 1 + other->id * 100;
  return count;
}
struct defers_twice {
  graph first, second;
  template <class Archive> void serialize(Archive& archive) {
    archive(cereal::defer(first.nodes), cereal::defer(second.nodes));
  }
};

// ---- more than one function ----

struct two_ways {
  double radians = 0;
  template <class Archive> void serialize(Archive& archive) { archive(radians); }
};
template <class Archive> void save(Archive& archive, const two_ways& object) {
  archive(object.radians * 57);
}
template <class Archive> void load(Archive& archive, two_ways& object) {
  archive(object.radians);
}
class two_ways_closed {
public:
  two_ways_closed() {}
  template <class Archive> void serialize(Archive&) {}
  template <class Archive> void save(Archive&) const {}
  template <class Archive> void load(Archive&) {}
};
struct two_ways_to_save {
  int a = 0;
  template <class Archive> void save(Archive& archive) const { archive(a); }
  template <class Archive> int save_minimal(const Archive&) const { return a; }
  template <class Archive> void load(Archive& archive) { archive(a); }
};
struct two_versions {
  int a = 0;
  template <class Archive> void serialize(Archive& archive) { archive(a); }
  template <class Archive> void serialize(Archive& archive, std::uint32_t) { archive(a); }
};
struct chosen {
  double radians = 0;
  bool operator==(const chosen&) const = default;
  template <class Archive> void serialize(Archive& archive) { archive(radians); }
};
template <class Archive> void save(Archive& archive, const chosen& object) {
  archive(object.radians);
}
template <class Archive> void load(Archive& archive, chosen& object) {
  archive(object.radians);
}

// ---- one of two ----

struct only_saves {
  int a = 0;
  template <class Archive> void save(Archive& archive) const { archive(a); }
};
struct only_loads {
  int a = 0;
  template <class Archive> void load(Archive& archive) { archive(a); }
};
struct save_not_const {
  int a = 0;
  template <class Archive> void save(Archive& archive) { archive(a); }
  template <class Archive> void load(Archive& archive) { archive(a); }
};

// ---- private ----

class private_default { // for cereal alone
public:
  explicit private_default(int from) : x(from) {}
  int x;

private:
  friend class cereal::access;
  private_default() = default;
  template <class Archive> void serialize(Archive& archive) { archive(x); }
};
class private_functions {
public:
  private_functions() = default;
  explicit private_functions(int from) : x_(from) {}
  bool operator==(const private_functions&) const = default;

private:
  friend class cereal::access;
  template <class Archive> void serialize(Archive& archive) { archive(x_); }
  int x_ = 0;
};
class no_friend {
public:
  no_friend() {}

private:
  template <class Archive> void serialize(Archive& archive) { archive(x_); }
  int x_ = 0;
};
class no_default {
public:
  explicit no_default(int) {}
  template <class Archive> void serialize(Archive&) {}
};
class constructed {
public:
  explicit constructed(int from) : x(from) {}
  template <class Archive> void serialize(Archive& archive) { archive(x); }
  template <class Archive> static void load_and_construct(Archive& archive, cereal::construct<constructed>& construct) {
    int from = 0;
    archive(from);
    construct(from);
  }
  int x;
};

// ---- for types of the standard library ----

class texture {
public:
  explicit texture(std::string name) : name_(std::move(name)) {}
  const std::string& name() const { return name_; }

private:
  std::string name_;
  void* handle_ = nullptr;
};
std::shared_ptr<texture> find_texture(const std::string& name) {
  static std::map<std::string, std::shared_ptr<texture>> all;
  auto& found = all[name];
  if (found == nullptr)
    found = std::make_shared<texture>(name);
  return found;
}
struct sprite {
  int x = 0;
  std::shared_ptr<texture> image;
};

} // namespace

namespace cereal { // textures travel by name
template <class Archive> void save(Archive& archive, const std::shared_ptr<texture>& from) {
  archive(from->name());
}
template <class Archive> void load(Archive& archive, std::shared_ptr<texture>& into) {
  std::string name;
  archive(name);
  into = find_texture(name);
}
template <class Archive, std::same_as<std::any> Any> void save(Archive& archive, const Any& from) { // not what converts
  archive(std::any_cast<int>(from));
}
template <class Archive, std::same_as<std::any> Any> void load(Archive& archive, Any& into) {
  int number = 0;
  archive(number);
  into = number;
}
} // namespace cereal
CEREAL_SPECIALIZE_FOR_ALL_ARCHIVES(chosen, cereal::specialization::member_serialize)

namespace {

// ---- sizes that count something else ----

struct bitmap {
  std::size_t size = 0;
  std::vector<std::uint64_t> words;
  bool operator==(const bitmap&) const = default;
  template <class Archive> void save(Archive& archive) const {
    archive(cereal::make_size_tag(static_cast<cereal::size_type>(size)));
    archive(cereal::binary_data(words.data(), words.size() * sizeof(std::uint64_t)));
  }
  template <class Archive> void load(Archive& archive) {
    cereal::size_type count = 0;
    archive(cereal::make_size_tag(count));
    size = static_cast<std::size_t>(count);
    words.resize((size + 63) / 64);
    archive(cereal::binary_data(words.data(), words.size() * sizeof(std::uint64_t)));
  }
};
struct sparse {
  std::uint64_t size = 0;
  std::map<int, double> rows;
  bool operator==(const sparse&) const = default;
  template <class Archive> void save(Archive& archive) const {
    archive(cereal::make_size_tag(static_cast<cereal::size_type>(size)), rows);
  }
  template <class Archive> void load(Archive& archive) {
    cereal::size_type count = 0;
    archive(cereal::make_size_tag(count), rows);
    size = count;
  }
};

// ---- polymorphic ----

struct final_logger final {
  virtual ~final_logger() = default;
  int level = 0;
};
struct final_shape final {
  virtual ~final_shape() = default;
  int sides = 0;
  template <class Archive> void serialize(Archive& archive) { archive(sides); }
};
struct shape {
  virtual ~shape() = default;
  int sides = 0;
  template <class Archive> void serialize(Archive& archive) { archive(sides); }
};

struct with_lock { // its function leaves the mutex out
  std::mutex lock;
  int number = 0;
  template <class Archive> void serialize(Archive& archive) { archive(number); }
};

} // namespace
CEREAL_REGISTER_TYPE(final_shape)

TEST_CASE("what is deferred is sent") {
  graph g;
  for (int i = 0; i < 3; ++i) {
    g.nodes.push_back(std::make_shared<node>());
    g.nodes.back()->id = i;
  }
  g.nodes[0]->out = {g.nodes[1], g.nodes[2]}; // no circle, which the copies would leak
  g.nodes[1]->out = {g.nodes[2], g.nodes[2]};
  const auto same = [](const graph& a, const graph& b) { return edges(a) == edges(b); };
  arrives(g, same);
  arrives(std::vector<graph>{g, g},
          [&](const auto& a, const auto& b) { return a.size() == b.size() && same(a[0], b[0]) && same(a[1], b[1]); });
  defers_twice twice;
  twice.first = g;
  twice.second = g;
  arrives(twice, [&](const defers_twice& a, const defers_twice& b) {
    return same(a.first, b.first) && same(a.second, b.second) && a.first.nodes[0] == a.second.nodes[0];
  });
}

TEST_CASE("more than one function for a class is refused, unless it is said which") {
  REFUSED(several_serialize_functions, "", two_ways);
  REFUSED(several_serialize_functions, "", two_ways_closed);
  REFUSED(several_serialize_functions, "", two_ways_to_save);
  REFUSED(several_serialize_functions, "", two_versions);
  REFUSED(several_serialize_functions, "[]", std::vector<two_ways>);
  arrives(chosen{3});
}

TEST_CASE("one function without its other is refused") {
  REFUSED(saves_but_cannot_load, "", only_saves);
  REFUSED(loads_but_cannot_save, "", only_loads);
  REFUSED(loads_but_cannot_save, "", save_not_const);
}

TEST_CASE("what cereal alone may use counts as cereal uses it") {
  const auto same = [](const auto& a, const auto& b) { return a->x == b->x; };
  arrives(std::make_shared<private_default>(3), same);
  arrives(std::make_unique<private_default>(3), same);
  arrives(std::make_unique<constructed>(3), same);
  arrives(private_functions(3));
  REFUSED(not_default_constructible, "", private_default);
  REFUSED(no_serialize_function, "", no_friend);
  REFUSED(not_default_constructible, "", no_default);
  REFUSED(not_default_constructible, "->", std::unique_ptr<no_default>);
  REFUSED(not_default_constructible, "", constructed);
  REFUSED(not_default_constructible, "[]", std::vector<constructed>);
}

TEST_CASE("a user's functions for a standard type win") {
  const auto same = [](const auto& a, const auto& b) { return a == b; };
  arrives(find_texture("t"), same);
  arrives(sprite{1, find_texture("t")}, [](const sprite& a, const sprite& b) { return a.image == b.image; });
  arrives(std::vector<std::shared_ptr<texture>>{find_texture("t"), find_texture("u")}, same);
  arrives(std::any(3),
          [](const std::any& a, const std::any& b) { return std::any_cast<int>(a) == std::any_cast<int>(b); });
  REFUSED(no_serialize_function, "->", std::unique_ptr<texture>);
}

TEST_CASE("a size may count something else than elements") {
  arrives(bitmap{1000, std::vector<std::uint64_t>(16, 3)});
  arrives(sparse{1000, {{1, 2}}});
}

TEST_CASE("pointers to polymorphic classes that can never be registered are refused") {
  REFUSED(os_handle, "->", std::shared_ptr<std::ofstream>);
  REFUSED(os_handle, "->", std::unique_ptr<std::ostream>);
  REFUSED_SOMEHOW(std::shared_ptr<final_logger>);
  REFUSED_SOMEHOW(std::vector<std::unique_ptr<final_logger>>);
  auto sides = std::make_unique<final_shape>();
  sides->sides = 3;
  arrives(sides, [](const auto& a, const auto& b) { return a->sides == b->sides; });
}

TEST_CASE("what its function leaves out may be anything") {
  STATIC_REQUIRE(crosspool::crossable<with_lock>);
}
