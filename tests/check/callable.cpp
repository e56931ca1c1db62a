// bind(), and which functions can be sent to a worker process.
#include <crosspool/check/callable.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "catch.hpp"

using namespace crosspool::detail;
using crosspool::bound;

namespace {

int add(int a, int b) {
  return a + b;
}

struct scale {
  int factor;
  int operator()(int x) const { return factor * x; }
};
struct stateless_class {
  stateless_class() {}
  int operator()(int x) const { return x; }
};
struct with_pointer {
  const int* pointer;
  int operator()() const { return *pointer; }
};
class with_private {
public:
  explicit with_private(int v) : value_(v) {}
  int operator()() const { return value_; }

private:
  int value_;
};
struct counter {
  int start;
  int next(int by) const { return start + by; }
};

template <class F> constexpr bool crosses = function_crosses<std::remove_cvref_t<F>>;

} // namespace

TEST_CASE("bind calls with the state first") {
  CHECK(crosspool::bind(add, 1)(2) == 3);
  CHECK(crosspool::bind(add, 1, 2)() == 3);
  CHECK(crosspool::bind(add)(1, 2) == 3);
  const auto join = [](const std::string& a, char b, const std::string& c) { return a + b + c; };
  CHECK(crosspool::bind(join, std::string("a"), 'b')("c") == "abc");
  CHECK(crosspool::bind(scale{3})(4) == 12);
  CHECK(crosspool::bind(&counter::next, counter{10})(5) == 15);
}

TEST_CASE("bind calls a function object that is not const as what it is") {
  struct tally {
    int calls = 0;
    int operator()(int by) { return calls += by; }
  };
  auto f = crosspool::bind(tally(), 2);
  CHECK(f() == 2);
  CHECK(f() == 4);
  CHECK(crosspool::bind(f)() == 6);
  STATIC_REQUIRE_FALSE(std::is_invocable_v<const decltype(f)&>);
  CHECK(crosspool::bind([](int a, int b) mutable { return a++ + b; }, 1)(2) == 3);
  STATIC_REQUIRE_FALSE(std::is_invocable_v<decltype(crosspool::bind([](int& state) { ++state; }, 1))&>);
}

TEST_CASE("bind owns its state, a literal as a string") {
  int n = 1;
  const auto f = crosspool::bind(add, n);
  n = 100;
  CHECK(f(1) == 2);

  const auto greet = crosspool::bind([](const std::string& a, const std::string& b) { return a + b; }, "hello ");
  STATIC_REQUIRE(std::is_same_v<std::remove_cvref_t<decltype(greet.state())>, std::tuple<std::string>>);
  CHECK(greet("world") == "hello world");
}

TEST_CASE("an argument is carried as a value, a literal as a string") {
  STATIC_REQUIRE(std::is_same_v<carried_t<const char(&)[3]>, std::string>);
  STATIC_REQUIRE(std::is_same_v<carried_t<const int&>, int>);
  STATIC_REQUIRE(std::is_same_v<carried_t<int&&>, int>);
  STATIC_REQUIRE(std::is_same_v<carried_t<const char*>, const char*>);
  STATIC_REQUIRE(std::is_same_v<carried_t<char(&)[3]>, char*>);
  STATIC_REQUIRE(std::is_same_v<carried_t<int (&)(int, int)>, int (*)(int, int)>);
}

TEST_CASE("bind passes on references and results as they are") {
  const auto pick = crosspool::bind([](const int& state, int& argument) -> int& { return argument += state; }, 5);
  int x = 1;
  STATIC_REQUIRE(std::is_same_v<decltype(pick(x)), int&>);
  CHECK(&pick(x) == &x);
  CHECK(x == 6);
  const auto take = crosspool::bind([](int, std::unique_ptr<int> p) { return *p; }, 0);
  CHECK(take(std::make_unique<int>(7)) == 7);
  const auto give = crosspool::bind([](int v) { return std::make_unique<int>(v); });
  CHECK(*give(8) == 8);
}

TEST_CASE("state can be move-only") {
  auto f = crosspool::bind([](const std::unique_ptr<int>& p, int x) { return *p + x; }, std::make_unique<int>(3));
  STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<decltype(f)>);
  const auto moved = std::move(f);
  CHECK(moved(4) == 7);
  STATIC_REQUIRE(crosses<decltype(moved)>);
}

TEST_CASE("bind can be nested") {
  const auto inner = crosspool::bind([](int a, int b, int c) { return 100 * a + 10 * b + c; }, 1);
  const auto outer = crosspool::bind(inner, 2);
  CHECK(outer(3) == 123);
  STATIC_REQUIRE(crosses<decltype(outer)>);
  STATIC_REQUIRE_FALSE(crosses<decltype(crosspool::bind(crosspool::bind(add, &std::declval<int&>()), 1))>);
}

TEST_CASE("what cannot be called is no hard error") {
  using f = decltype(crosspool::bind(add, 1));
  STATIC_REQUIRE(std::is_invocable_v<const f&, int>);
  STATIC_REQUIRE_FALSE(std::is_invocable_v<const f&>);
  STATIC_REQUIRE_FALSE(std::is_invocable_v<const f&, std::string>);
  STATIC_REQUIRE_FALSE(std::is_invocable_v<const f&, int, int>);
}

TEST_CASE("bound shows its parts") {
  const auto f = crosspool::bind(scale{3}, 1, "two");
  CHECK(f.function().factor == 3);
  CHECK(std::get<0>(f.state()) == 1);
  CHECK(std::get<1>(f.state()) == "two");
  const bound<scale, int> again(scale{2}, std::tuple(4));
  CHECK(again() == 8);
}

TEST_CASE("functions that cross") {
  const auto captureless = [](int x) { return x; };
  const auto generic = [](auto x) { return x; };
  STATIC_REQUIRE(crosses<decltype(&add)>);
  STATIC_REQUIRE(crosses<void (*)() noexcept>);
  STATIC_REQUIRE(crosses<decltype(&counter::next)>);
  STATIC_REQUIRE(crosses<decltype(&counter::start)>);
  STATIC_REQUIRE(crosses<decltype(crosspool::bind(&counter::next, counter()))>);
  STATIC_REQUIRE(crosses<decltype(captureless)>);
  STATIC_REQUIRE(crosses<decltype(generic)>);
  STATIC_REQUIRE(crosses<stateless_class>);
  STATIC_REQUIRE(crosses<std::plus<>>);
  STATIC_REQUIRE(crosses<scale>);
  STATIC_REQUIRE(crosses<decltype(crosspool::bind(add, 1))>);
  STATIC_REQUIRE(crosses<decltype(crosspool::bind(captureless, "text"))>);
}

TEST_CASE("functions that do not cross, and the part that is to blame") {
  int n = 1;
  const auto capturing = [&n] { return ++n; };
  using closure = std::remove_const_t<decltype(capturing)>;
  STATIC_REQUIRE_FALSE(crosses<closure>);
  STATIC_REQUIRE_FALSE(crosses<std::function<void()>>);
  STATIC_REQUIRE_FALSE(crosses<with_pointer>);
  STATIC_REQUIRE_FALSE(crosses<with_private>);
  STATIC_REQUIRE_FALSE(crosses<bound<closure>>);
  STATIC_REQUIRE_FALSE(crosses<bound<scale, int*>>);
  STATIC_REQUIRE_FALSE(crosses<bound<scale, int, std::mutex>>);
  STATIC_REQUIRE_FALSE(crosses<bound<scale, int counter::*>>); // state, not the function

  STATIC_REQUIRE(std::is_same_v<faulty_part<with_pointer>::type, with_pointer>);
  STATIC_REQUIRE(std::is_same_v<faulty_part<bound<closure, int*>>::type, closure>);
  STATIC_REQUIRE(std::is_same_v<faulty_part<bound<scale, int, int*>>::type, int*>);
  STATIC_REQUIRE(std::is_same_v<faulty_part<bound<bound<scale, int*>, int>>::type, int*>);
}
