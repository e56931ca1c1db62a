// Which functions the verbs take, and how these are called: the same for every policy, but for what the boundary table
// says.
#include <crosspool/crosspool.hpp>

#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "catch.hpp"

#define POLICIES crosspool::thread, crosspool::fork, crosspool::spawn

using namespace crosspool;

namespace {

template <class P> constexpr bool shares = P::arguments == crossing::shared;

// ---- members ----

struct Job {
  std::string name;
  int size;
  std::string describe() const { return name + std::to_string(size); }
  int times(int factor) const noexcept { return size * factor; }
  std::string& rename(const std::string& to) { return name = to; }
  std::string take() && { return std::move(name); }
  int grow() & { return ++size; }
  static int twice(int x) { return 2 * x; }
};

class Shape {
public:
  Shape() = default;
  explicit Shape(int s) : side_(s) {}
  virtual ~Shape() = default;
  virtual std::string kind() const { return "shape"; }
  virtual int area() const { return 0; }
  int side() const { return side_; }
  template <class Archive> void serialize(Archive& archive) { archive(side_); }

private:
  int side_ = 0;
};
class Square : public Shape {
public:
  using Shape::Shape;
  std::string kind() const override { return "square"; }
  int area() const override { return side() * side(); }
};

int installed = 0; // by an initializer, in each worker process; in a thread pool, in the program
struct Settings {
  int level;
  void install() const { installed = level; }
  void install_more(int more) const { installed = level + more; }
};

const std::vector<Job> jobs{{"a", 1}, {"b", 2}, {"c", 3}};

} // namespace

TEMPLATE_TEST_CASE("a member function is called on each item, as by std::invoke", "", POLICIES) {
  pool<TestType> p{2};
  CHECK(p.map(&Job::describe, jobs) == std::vector<std::string>{"a1", "b2", "c3"});
  CHECK(p.map(&Job::times, jobs, std::vector{10, 20, 30}) == std::vector{10, 40, 90});
  CHECK(p.starmap(&Job::times, std::vector<std::pair<Job, int>>{{{"", 4}, 5}}) == std::vector{20});
  CHECK(p.apply(&Job::times, Job{"", 3}, 7) == 21);
  CHECK(p.apply(&Job::take, Job{"taken", 0}) == "taken");
  CHECK(p.apply_async(&Job::describe, jobs[0]).get() == "a1");
  CHECK(p.map_async(&Job::describe, jobs).get()[2] == "c3");
  CHECK(p.map(&Job::twice, {1, 2}) == std::vector{2, 4}); // static: a function like others
  const auto pointer = &Job::describe;
  CHECK(p.apply(pointer, jobs[1]) == "b2");

  std::vector<std::unique_ptr<Job>> owned;
  owned.push_back(std::make_unique<Job>(Job{"d", 4}));
  CHECK(p.map(&Job::describe, owned) == std::vector<std::string>{"d4"});
}

TEMPLATE_TEST_CASE("a member function that changes the item changes the worker's own, or a thread's caller's", "",
                   POLICIES) {
  pool<TestType> p{2};
  auto mine = jobs;
  const std::vector<std::string> names{"x", "y", "z"};
  CHECK(p.map(&Job::rename, mine, names) == names);
  CHECK(mine[0].name == (shares<TestType> ? "x" : "a"));
  STATIC_REQUIRE(mappable<TestType, int (Job::*)()&, Job&> == shares<TestType>); // as for a parameter that is Job&
}

TEMPLATE_TEST_CASE("a virtual member function is that of the item", "", POLICIES) {
  pool<TestType> p{1};
  const std::vector<Square> squares{Square(2), Square(3)};
  CHECK(p.map(&Shape::kind, std::vector<Shape>(1)) == std::vector<std::string>{"shape"});
  CHECK(p.map(&Shape::kind, squares) == std::vector<std::string>{"square", "square"});
  CHECK(p.map(&Shape::area, squares) == std::vector{4, 9});
  CHECK(p.map(&Shape::side, squares) == std::vector{2, 3});
}

TEMPLATE_TEST_CASE("a data member is read from each item", "", POLICIES) {
  pool<TestType> p{2};
  const auto names = p.map(&Job::name, jobs);
  STATIC_REQUIRE(std::is_same_v<decltype(names), const std::vector<std::string>>);
  CHECK(names == std::vector<std::string>{"a", "b", "c"});
  CHECK(jobs[0].name == "a");
  CHECK(p.map(&Job::size, jobs) == std::vector{1, 2, 3});
  CHECK(p.apply(&Job::name, Job{"moved", 0}) == "moved");
}

TEMPLATE_TEST_CASE("members can be bound", "", POLICIES) {
  pool<TestType> p{2};
  CHECK(p.map(crosspool::bind(&Job::times, Job{"", 5}), {1, 2}) == std::vector{5, 10});
  CHECK(p.map(crosspool::bind(&Job::describe), jobs)[1] == "b2");
  CHECK(p.apply(crosspool::bind(&Job::size, jobs[2])) == 3);
  CHECK(p.apply(crosspool::bind(&Shape::area, Square(4))) == 16);
}

TEMPLATE_TEST_CASE("a member function can initialize", "", POLICIES) {
  const auto seen = [] { return installed; };
  pool<TestType> one{1, &Settings::install, Settings{3}};
  CHECK(one.apply(seen) == 3);
  const Settings settings{4};
  pool<TestType> two{1, &Settings::install_more, settings, 10};
  CHECK(two.apply(seen) == 14);
  pool<TestType> three{1, crosspool::bind(&Settings::install, settings)};
  CHECK(three.apply(seen) == 4);
}

TEMPLATE_TEST_CASE("a null pointer is no function", "", crosspool::fork, crosspool::spawn) {
  pool<TestType> p{1};
  int (*const function)(int) = nullptr;
  int (Job::* const member_function)(int) const noexcept = nullptr;
  int Job::* const data_member = nullptr;
  CHECK_THROWS_WITH(p.apply(function, 1), ContainsSubstring("null pointer"));
  CHECK_THROWS_WITH(p.apply(member_function, jobs[0], 1), ContainsSubstring("null pointer"));
  CHECK_THROWS_WITH(p.apply(data_member, jobs[0]), ContainsSubstring("null pointer"));
  CHECK_THROWS_WITH(p.map(crosspool::bind(data_member), jobs), ContainsSubstring("null pointer"));
  CHECK(p.apply(&Job::size, jobs[0]) == 1);
}
