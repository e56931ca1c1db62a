#include <crosspool/trace.hpp>

#include <cereal/types/list.hpp>
#include <cereal/types/polymorphic.hpp>

#include <cstdio>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "catch.hpp"

namespace {

struct config {
  int level;
  std::FILE* handle;
};
struct job {
  std::string name;
  std::vector<config> configs;
};
class plan {
public:
  template <class Archive> void serialize(Archive& archive) { archive(CEREAL_NVP(title_), steps_); }

private:
  std::string title_ = "abc";
  std::vector<int> steps_{1, 2, 3};
};
class secret {
public:
  template <class Archive> void serialize(Archive& archive) { archive(number_, place_); }

private:
  int number_ = 0;
  int* place_ = nullptr;
};
class minimal {
public:
  template <class Archive> std::string save_minimal(const Archive&) const { return "five5"; }
  template <class Archive> void load_minimal(const Archive&, const std::string&) {}
};
class versioned {
public:
  template <class Archive> void serialize(Archive& archive, std::uint32_t) { archive(number_); }

private:
  int number_ = 0;
};
class defers {
public:
  template <class Archive> void serialize(Archive& archive) { archive(number_, cereal::defer(text_)); }

private:
  int number_ = 0;
  std::string text_ = "deferred";
};
class throws {
public:
  template <class Archive> void save(Archive&) const { throw std::runtime_error("not today"); }
  template <class Archive> void load(Archive&) {}
};
struct tree {
  int leaf = 0;
  std::vector<tree> branches{};
  std::shared_ptr<tree> twin{};
};
struct shape {
  virtual ~shape() = default;
  template <class Archive> void serialize(Archive&) {}
};
struct unheard_of : shape {};
struct undefined;
struct deletes {
  void operator()(undefined*) const {}
};
struct restless {
  volatile int number;
  std::string name;
};
struct node {
  std::shared_ptr<node> next, previous;
  template <class Archive> void serialize(Archive& archive) { archive(next, previous); }
};
struct name_and_value {
  std::string name;
  int value;
};
class names_a_value {
public:
  template <class Archive> void serialize(Archive& archive) { archive(both_); }

private:
  name_and_value both_{"n", 1};
};
class throws_a_number {
public:
  template <class Archive> void save(Archive&) const { throw 42; }
  template <class Archive> void load(Archive&) {}
};
union either {
  int a;
  float b;
};

std::string text(const crosspool::traced& trace) {
  std::ostringstream out;
  out << trace;
  return out.str();
}

const crosspool::traced::line& named(const crosspool::traced& trace, const std::string& name) {
  for (const auto& each : trace.lines())
    if (each.name == name)
      return each;
  FAIL("no line is called " << name << " in\n" << trace);
  std::terminate();
}

} // namespace

TEST_CASE("every part has a line with its name, its type and its bytes") {
  const auto trace = crosspool::trace(job{"one", {}});
  REQUIRE(trace.lines().size() == 6); // job, name, configs, what an element of it would be, and that's two members
  CHECK(trace.lines()[0].type.ends_with("job"));
  const auto& name = trace.lines()[1];
  CHECK(name.name == "name");
  CHECK(name.type == "std::string");
  CHECK(name.bytes == 8 + 3);
  CHECK(name.depth == 1);
  CHECK(name.crosses);
}

TEST_CASE("what cannot cross is marked, with the reason, and so is what holds it") {
  const auto trace = crosspool::trace(job{"one", {{1, stdout}}});
  CHECK_FALSE(trace.crosses());
  const auto& handle = named(trace, "handle");
  CHECK_FALSE(handle.crosses);
  CHECK(handle.how.find("os_handle") != std::string::npos);
  CHECK(handle.bytes == 0);
  CHECK(handle.depth == 3);
  CHECK_FALSE(named(trace, "[0]").crosses);
  CHECK_FALSE(named(trace, "configs").crosses);
  CHECK(named(trace, "level").crosses);
  CHECK(named(trace, "level").bytes == sizeof(int));
  CHECK(text(trace).find("CANNOT CROSS: os_handle") != std::string::npos);
}

TEST_CASE("a fault is found in the element type of an empty container, too, and behind a null pointer") {
  CHECK_FALSE(crosspool::trace(job{}).crosses());
  CHECK_FALSE(named(crosspool::trace(job{}), "handle").crosses);
  CHECK_FALSE(named(crosspool::trace(std::unique_ptr<config>()), "handle").crosses);
}

TEST_CASE("a type is traced without a value") {
  const auto trace = crosspool::trace<job>();
  CHECK_FALSE(named(trace, "handle").crosses);
  CHECK(named(trace, "[]").type.ends_with("config"));
  CHECK(named(trace, "name").bytes == 0);
  CHECK(crosspool::trace<plan>().crosses());
}

TEST_CASE("types and values that contain themselves end") {
  CHECK(crosspool::trace<tree>().lines().size() < 10);
  tree value{1, {tree{2}, tree{3}}, std::make_shared<tree>()};
  CHECK(crosspool::trace(value).crosses());
  value.twin->twin = value.twin; // a circle
  CHECK(named(crosspool::trace(value), "twin").crosses);
  CHECK(crosspool::trace(value).lines().size() < 30);
  value.twin->twin.reset();
}

TEST_CASE("a class's own cereal function is followed") {
  const auto trace = crosspool::trace(plan());
  CHECK(trace.crosses());
  CHECK(named(trace, "title_").bytes == 8 + 3);
  CHECK(named(trace, "#1").type == "std::vector<int>");
  const auto of_parts = named(trace, "title_").bytes + named(trace, "#1").bytes;
  CHECK(trace.lines()[0].bytes >= of_parts); // and what aligns the ints
  CHECK(trace.lines()[0].bytes < of_parts + sizeof(int));
  CHECK(named(crosspool::trace(minimal()), "#0").bytes == 8 + 5);
  CHECK(crosspool::trace(versioned()).crosses());
  const auto faulty = crosspool::trace(secret());
  CHECK_FALSE(faulty.crosses());
  CHECK(named(faulty, "#1").how.find("raw_pointer") != std::string::npos);
}

TEST_CASE("a ring of pointers is gone round once") {
  std::vector<std::shared_ptr<node>> ring(3);
  for (auto& each : ring)
    each = std::make_shared<node>();
  for (std::size_t i = 0; i < 3; ++i) {
    ring[i]->next = ring[(i + 1) % 3];
    ring[i]->previous = ring[(i + 2) % 3];
  }
  CHECK(crosspool::trace(ring).lines().size() < 30);
  for (auto& each : ring)
    *each = {};
}

TEST_CASE("a part is taken for what it is, whatever its members are called") {
  const auto trace = crosspool::trace(names_a_value());
  CHECK(named(trace, "#0").type.ends_with("name_and_value"));
  CHECK(named(trace, "value").bytes == sizeof(int));
}

TEST_CASE("what is deferred is shown") {
  const auto trace = crosspool::trace(defers());
  CHECK(trace.crosses());
  CHECK(named(trace, "#1").type == "std::string");
  CHECK(trace.lines()[0].bytes == sizeof(int) + sizeof(std::uint64_t) + 8);
}

TEST_CASE("a save that throws is told") {
  CHECK_FALSE(crosspool::trace(throws_a_number()).crosses());
  const auto trace = crosspool::trace(std::vector<throws>(1));
  CHECK_FALSE(trace.crosses());
  CHECK(named(trace, "[0]").how.find("not today") != std::string::npos);
}

TEST_CASE("what only this value cannot is told") {
  CHECK(crosspool::trace(std::shared_ptr<shape>()).crosses());
  const auto trace = crosspool::trace(std::shared_ptr<shape>(std::make_shared<unheard_of>()));
  CHECK_FALSE(trace.crosses());
  CHECK(trace.lines()[0].how.find("unheard_of") != std::string::npos);
}

TEST_CASE("elements, keys, alternatives and pointees are named") {
  CHECK(named(crosspool::trace(std::map<int, std::string>{{1, "a"}}), "[0].key").bytes == sizeof(int));
  CHECK(named(crosspool::trace(std::map<int, std::string>{{1, "a"}}), "[0].value").bytes == 9);
  CHECK(named(crosspool::trace(std::list<std::string>{"a", "b"}), "[1]").bytes == 9);
  CHECK(named(crosspool::trace(std::variant<int, std::string>("a")), "<1>").type == "std::string");
  CHECK(named(crosspool::trace(std::tuple<int, std::string>(1, "a")), "<1>").bytes == 9);
  CHECK(named(crosspool::trace(std::optional(1)), "*").bytes == sizeof(int));
  CHECK(named(crosspool::trace(std::make_unique<int>(1)), "*").bytes == sizeof(int));
  std::vector<std::vector<bool>> bits{{true, false}};
  CHECK(named(crosspool::trace(bits), "[1]").bytes == 1);
}

TEST_CASE("of many elements the first are shown") {
  const auto trace = crosspool::trace(std::vector<std::string>(1000));
  CHECK(trace.lines().size() < 20);
  CHECK(trace.lines()[0].how.find("1000 elements") == 0);
  CHECK(trace.lines()[0].bytes == 8 + 1000 * 8);
}

TEST_CASE("nothing fails to compile") {
  CHECK_FALSE(crosspool::trace<undefined>().crosses());
  CHECK_FALSE(crosspool::trace<undefined*>().crosses());
  CHECK_FALSE(crosspool::trace<std::shared_ptr<undefined>>().crosses());
  CHECK_FALSE(crosspool::trace(std::vector<std::unique_ptr<undefined, deletes>>(1)).crosses());
  CHECK_FALSE(crosspool::trace(std::vector<std::shared_ptr<undefined>>(1)).crosses());
  CHECK_FALSE(crosspool::trace(std::map<int, std::weak_ptr<undefined>>()).crosses());
  CHECK_FALSE(crosspool::trace<either>().crosses());
  CHECK_FALSE(crosspool::trace<void>().crosses());
  CHECK_FALSE(crosspool::trace<int (*)()>().crosses());
  CHECK_FALSE(crosspool::trace<int job::*>().crosses());
  CHECK_FALSE(crosspool::trace<std::ostream>().crosses());
  CHECK(crosspool::trace<const int&>().crosses());
  CHECK(crosspool::trace<std::shared_ptr<shape>>().crosses());
  int number = 1;
  const auto capturing = [number] { return number; };
  CHECK_FALSE(crosspool::trace(capturing).crosses());
  CHECK(crosspool::trace([] {}).crosses());
  CHECK_FALSE(crosspool::trace(std::vector<undefined*>(3)).crosses());
  CHECK_FALSE(crosspool::trace(text).crosses());
  CHECK_FALSE(crosspool::trace<std::tuple<int&, int*>>().crosses());
  CHECK_FALSE(crosspool::trace(std::unique_ptr<int[]>()).crosses());
  CHECK_FALSE(crosspool::trace(restless{1, "a"}).crosses());
  volatile int changing = 1;
  CHECK(crosspool::trace(changing).crosses());
}
