// Which functions the verbs take, and how these are called: the same for every policy, but for what the boundary table
// says.
#include <crosspool/crosspool.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <ranges>
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

namespace {

// ---- call operators ----

struct Overloaded {
  int operator()(int) const { return 1; }
  std::string operator()(const std::string& s) const { return s; }
};
struct ByCategory {
  std::string operator()(const std::string&) const { return "lvalue"; }
  std::string operator()(std::string&&) const { return "rvalue"; }
};
struct ByConstness {
  std::string operator()(int) { return "changeable"; }
  std::string operator()(int) const { return "const"; }
};
struct OnLvalue {
  int factor;
  int operator()(int x) & { return factor * x; }
};
struct OnConstLvalue {
  int factor;
  int operator()(int x) const& noexcept { return factor * x; }
};
struct OnRvalue {
  int operator()(int x) && { return x; }
};
struct Tally {
  int calls = 0;
  int operator()(int) { return ++calls; }
};

struct Inherits : Overloaded {};
template <class... F> struct Either : F... {
  using F::operator()...;
};
template <class... F> Either(F...) -> Either<F...>;
struct WithState : OnConstLvalue {
  template <class Archive> void serialize(Archive& archive) { archive(factor); }
};
class Private {
public:
  Private() = default;
  explicit Private(std::string text) : text_(std::move(text)) {}
  std::string operator()(int x) const { return text_ + std::to_string(x); }
  template <class Archive> void serialize(Archive& archive) { archive(text_); }

private:
  std::string text_;
};
struct Owner {
  std::unique_ptr<int> number;
  int operator()(int x) const { return *number + x; }
};

// ---- parameters and results ----

std::string by_value(std::string s) {
  return s + "!";
}
std::string by_const_value(const std::string s) { // NOLINT(performance-unnecessary-value-param): its point
  return s + "!";
}
std::string by_const_reference(const std::string& s) noexcept(false) {
  return s + "!";
}
std::string by_rvalue(std::string&& s) {
  return std::move(s) + "!";
}
int never_throws(int x) noexcept {
  return x + 1;
}
template <class T> T doubled(T x) {
  return x + x;
}
int with_default(int x, int y = 10) {
  return x + y;
}

const std::string& itself(const std::string& s) {
  return s;
}
std::string&& handed_on(std::string&& s) {
  return std::move(s);
}
std::string constant = "constant";
std::string& of_global(int) {
  return constant;
}
const std::string const_value(int) { // NOLINT(readability-const-return-type): its point
  return "const";
}
std::unique_ptr<int> give(int x) {
  return std::make_unique<int>(x);
}

using by_reference = void (*)(std::string&);
using look_at = const std::unique_ptr<int>& (*)(const std::unique_ptr<int>&);

const std::vector<std::string> words{"a", "b"};
const std::vector<std::string> marked{"a!", "b!"};

} // namespace

TEMPLATE_TEST_CASE("a lambda may be generic, noexcept, mutable or constexpr", "", POLICIES) {
  pool<TestType> p{2};
  const auto plus = [](const auto& x, auto y) { return x + y; };
  CHECK(p.map(plus, std::vector{1, 2}, std::vector{0.5, 0.5}) == std::vector{1.5, 2.5});
  CHECK(p.map(plus, words, words) == std::vector<std::string>{"aa", "bb"});
  CHECK(p.map([](auto&&... x) { return (... + x); }, std::vector{1, 2}, std::vector{3, 4}, std::vector{5, 6}) ==
        std::vector{9, 12});
  CHECK(p.map([]<class T>(const std::vector<T>& v) { return v.size(); }, std::vector<std::vector<int>>{{1, 2}}) ==
        std::vector<std::size_t>{2});
  CHECK(p.map([](auto&& x) -> decltype(auto) { return std::forward<decltype(x)>(x); }, words) == words);
  CHECK(p.map([](int x) noexcept { return x; }, {1, 2}) == std::vector{1, 2});
  CHECK(p.map([](int x) mutable { return ++x; }, {1, 2}) == std::vector{2, 3});
  CHECK(p.map([](int x) constexpr { return x; }, {1, 2}) == std::vector{1, 2});
  CHECK(p.map(+[](int x) { return x; }, {1, 2}) == std::vector{1, 2});
  CHECK(p.map([](int x) { return with_default(x); }, {1, 2}) == std::vector{11, 12});
  STATIC_REQUIRE_FALSE(mappable<TestType, decltype([](std::string x) { return x; }), int>);
}

TEMPLATE_TEST_CASE("a call operator is chosen as by an ordinary call", "", POLICIES) {
  pool<TestType> p{1};
  CHECK(p.map(Overloaded(), {5}) == std::vector{1});
  CHECK(p.map(Overloaded(), words) == words);
  CHECK(p.map(ByCategory(), words)[0] == (shares<TestType> ? "lvalue" : "rvalue")); // a process owns its arguments
  CHECK(p.map(ByCategory(), std::vector(words))[0] == "rvalue");
  CHECK(p.map(ByConstness(), {1})[0] == "changeable");
  CHECK(p.map(crosspool::bind(ByConstness()), {1})[0] == "changeable");
  const ByConstness constant_object{};
  CHECK(p.map(constant_object, {1})[0] == (shares<TestType> ? "const" : "changeable")); // a process owns a copy
  CHECK(p.map(OnLvalue{3}, {2}) == std::vector{6});
  CHECK(p.map(crosspool::bind(OnLvalue{3}), {2}) == std::vector{6});
  CHECK(p.map(OnConstLvalue{3}, {2}) == std::vector{6});
  STATIC_REQUIRE_FALSE(mappable<TestType, OnRvalue, int>); // it is called more than once
}

TEMPLATE_TEST_CASE("a function object may be empty, inherit, own and be serialized", "", POLICIES) {
  pool<TestType> p{2};
  CHECK(p.map(std::plus<>(), std::vector{1, 2}, std::vector{3, 4}) == std::vector{4, 6});
  CHECK(p.map(std::plus<std::string>(), words, words)[1] == "bb");
  CHECK(p.map(Inherits(), words) == words);
  const Either either{[](int x) { return x + 1; }, [](const std::string& s) { return s + "!"; }};
  CHECK(p.map(either, {1}) == std::vector{2});
  CHECK(p.map(either, words) == marked);
  CHECK(p.map(WithState{{4}}, {2}) == std::vector{8});
  CHECK(p.map(Private("n"), {2}) == std::vector<std::string>{"n2"});
  const Owner owner{std::make_unique<int>(5)};
  CHECK(p.map(owner, {1, 2}) == std::vector{6, 7});
  CHECK(p.map_async(Owner{std::make_unique<int>(6)}, std::vector{1}).get() == std::vector{7});
}

TEMPLATE_TEST_CASE("an initializer that cannot be called as it is given is refused", "", POLICIES) {
  struct initialize {
    int calls = 0;
    void operator()() { ++calls; }
  };
  STATIC_REQUIRE(detail::initializable<TestType, initialize&>);
  STATIC_REQUIRE(detail::initializable<TestType, const initialize&> == // a spawned worker owns a copy
                 (TestType::initializer == crossing::serialized));
}

TEMPLATE_TEST_CASE("what a function changes in itself stays with the worker's copy, one for each chunk", "",
                   crosspool::fork, crosspool::spawn) {
  pool<TestType> p{1};
  Tally tally{10};
  CHECK(p.with({.chunksize = 1}).map(tally, {0, 0, 0}) == std::vector{11, 11, 11});
  CHECK(p.with({.chunksize = 3}).map(tally, {0, 0, 0}) == std::vector{11, 12, 13});
  CHECK(p.with({.chunksize = 3}).map(crosspool::bind(tally), {0, 0, 0}) == std::vector{11, 12, 13});
  CHECK(tally.calls == 10);
}

TEMPLATE_TEST_CASE("a function is not copied to worker threads", "", crosspool::thread) {
  pool<TestType> p{1};
  Tally tally;
  CHECK(p.map(tally, {0, 0, 0}) == std::vector{1, 2, 3});
  CHECK(tally.calls == 3);
  CHECK(p.map_async(tally, std::vector{0, 0}).get() == std::vector{4, 5}); // which nobody waits for: a copy
  CHECK(tally.calls == 3);
}

TEMPLATE_TEST_CASE("a parameter may be T, const T& or T&&", "", POLICIES) {
  pool<TestType> p{2};
  CHECK(p.map(by_value, words) == marked);
  CHECK(p.map(by_const_value, words) == marked);
  CHECK(p.map(by_const_reference, words) == marked);
  CHECK(p.map(by_rvalue, std::vector(words)) == marked);
  CHECK(p.apply(by_rvalue, std::string("a")) == "a!");
  CHECK(p.map(never_throws, {1, 2}) == std::vector{2, 3});
  CHECK(p.map(doubled<int>, {1, 2}) == std::vector{2, 4});
  CHECK(p.map(doubled<std::string>, words)[1] == "bb");
  CHECK(p.map(doubled<double>, {1, 2}) == std::vector{2.0, 4.0}); // an int given for a double
  if constexpr (!shares<TestType>)
    CHECK(p.map(by_rvalue, words) == marked); // the worker's own; of threads, the caller's, which it may not have
  CHECK(words[0] == "a");
  volatile int number = 3;
  CHECK(p.apply(never_throws, number) == 4);
  STATIC_REQUIRE(mappable<TestType, decltype(by_rvalue), const std::string&> == !shares<TestType>);
  STATIC_REQUIRE(mappable<TestType, by_reference, std::string&> == shares<TestType>);
  STATIC_REQUIRE_FALSE(mappable<TestType, by_reference, std::string>);
}

TEMPLATE_TEST_CASE("a result may refer to what an argument was converted to", "", POLICIES) {
  pool<TestType> p{1};
  CHECK(p.apply(itself, "a text that is no std::string yet") == "a text that is no std::string yet");
  CHECK(p.apply_async(itself, "a text that is no std::string yet").get() == "a text that is no std::string yet");
  const double& (*const larger)(const double&, const double&) = std::max<double>;
  CHECK(p.map(larger, std::vector{1, 4}, std::vector{3, 2}) == std::vector{3.0, 4.0});
}

TEMPLATE_TEST_CASE("a result is a value, also of a function that returns a reference", "", POLICIES) {
  pool<TestType> p{1};
  auto results = p.map(itself, words);
  STATIC_REQUIRE(std::is_same_v<decltype(results), std::vector<std::string>>);
  results[0] = "changed";
  CHECK(words[0] == "a");
  CHECK(p.map(handed_on, std::vector(words)) == words);
  STATIC_REQUIRE(std::is_same_v<decltype(p.apply(of_global, 1)), std::string>);
  p.apply(of_global, 1) = "changed";
  CHECK(p.apply(of_global, 1) == "constant");
  CHECK(p.map(const_value, {1}) == std::vector<std::string>{"const"});
  CHECK(*p.map(give, {7})[0] == 7);
  CHECK(p.map([](int x) { return Owner{give(x)}; }, {1})[0](2) == 3);
  CHECK(p.map([](int) { return [](int x) { return x + 1; }; }, {1})[0](2) == 3);
  STATIC_REQUIRE_FALSE(mappable<TestType, look_at, std::unique_ptr<int>>); // it would have to be copied
}

TEMPLATE_TEST_CASE("a map's items are items as others", "", POLICIES) {
  using entry = std::pair<const std::string, int>;
  const std::map<std::string, int> sizes{{"a", 1}, {"b", 2}};
  const auto describe = [](const entry& each) { return each.first + std::to_string(each.second); };
  const std::vector<std::string> described{"a1", "b2"};
  pool<TestType> p{1};
  STATIC_REQUIRE(mappable<TestType, decltype(describe), entry>);
  CHECK(p.map(describe, sizes) == described);
  CHECK(p.map_async(describe, sizes).get() == described);
  CHECK(p.map(describe, std::vector<entry>(sizes.begin(), sizes.end())) == described);
  CHECK(p.map([](entry&& each) { return each.second; },
              sizes | std::views::transform([](const entry& e) { return e; })) == std::vector{1, 2});
  CHECK(p.apply(describe, *sizes.begin()) == "a1");
  CHECK(std::ranges::equal(p.imap(describe, sizes), described));
  CHECK(p.map_reduce([](const entry& each) { return each.second; }, sizes, std::plus<>(), 0) == 3);
  CHECK(sizes.at("a") == 1);
}

TEMPLATE_TEST_CASE("of an overloaded function, the items say which it is", "", POLICIES) {
  pool<TestType> p{1};
  CHECK(p.map(std::abs, std::vector{-1, 2}) == std::vector{1, 2});
  CHECK(p.map(std::sqrt, std::vector{4.0, 9.0}) == std::vector{2.0, 3.0});
  CHECK(p.map(std::pow, std::vector{2.0, 3.0}, std::vector{3.0, 2.0}) == std::vector{8.0, 9.0});
  CHECK(p.apply(std::sqrt, 4.0) == 2.0);
  CHECK(p.map_async(std::sqrt, std::vector{4.0}).get() == std::vector{2.0});
  CHECK(p.map_reduce(std::sqrt, std::vector{4.0, 9.0}, std::plus<>(), 0.0) == 5.0);
}
