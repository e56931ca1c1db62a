// The verbs, the same for every policy: one suite, run for each.
#include <crosspool/crosspool.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <list>
#include <memory>
#include <numeric>
#include <ranges>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "numbers.hpp"

#ifndef POLICIES // those of other suites
#define POLICIES crosspool::thread, crosspool::fork, crosspool::spawn
#endif

using namespace crosspool;
using namespace std::chrono_literals;

namespace {

template <class F, class Range> auto plain_loop(F f, const Range& range) {
  std::vector<decltype(f(*range.begin()))> results;
  for (const auto& each : range)
    results.push_back(f(each));
  return results;
}

int add(int a, int b) {
  return a + b;
}
std::string join(int a, const std::string& b, double c) {
  return std::to_string(a) + b + std::to_string(static_cast<int>(c));
}
void nothing(int) {}

struct Scale {
  int factor;
  std::string unit;
  std::string operator()(int x) const { return std::to_string(factor * x) + unit; }
};

struct Point {
  double x, y;
  std::vector<std::string> tags;
  bool operator==(const Point&) const = default;
};
Point mirror(const Point& p) {
  return {-p.x, -p.y, p.tags};
}

std::unique_ptr<int> increment(std::unique_ptr<int> p) {
  ++*p;
  return p;
}

struct Pair {
  int a, b;
  bool operator==(const Pair&) const = default;
};
Pair swap(Pair p) {
  return {p.b, p.a};
}
Pair count_in_place(Pair&& p) {
  ++p.a;
  return p;
}
enum class Color : unsigned char { red, green };

struct Unusual {
  int code;
};
class Derived : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::atomic<int> set_up = 0; // by an initializer, in each worker process; in a thread pool, of the program
std::atomic<int> set_up_times = 0;
void initialize(int value) {
  set_up = value;
  ++set_up_times;
}

} // namespace

TEMPLATE_TEST_CASE("map equals the plain loop at any chunk size and number of workers", "", POLICIES) {
  const auto xs = up_to(1000);
  const auto expected = plain_loop(square, xs);
  for (const int workers : {1, 2, 5}) {
    pool<TestType> p{workers};
    CHECK(p.workers() == workers);
    CHECK(p.map(square, xs) == expected);
    for (const std::size_t chunksize : {1U, 20U, 100U, 999U, 1000U, 5000U})
      CHECK(p.with({.chunksize = chunksize}).map(square, xs) == expected);
  }
}

TEMPLATE_TEST_CASE("map takes every kind of function", "", POLICIES) {
  pool<TestType> p{2};
  const auto xs = up_to(50);
  CHECK(p.map(square, xs)[7] == 49);
  CHECK(p.map(&square, xs)[7] == 49);
  int (*const pointer)(int) = square;
  CHECK(p.map(pointer, xs)[7] == 49);
  CHECK(p.map([](int x) { return x + 1; }, xs)[7] == 8);
  CHECK(p.map([](auto x) { return x + 0.5; }, xs)[7] == 7.5);
  CHECK(p.map(Scale{3, "m"}, xs)[7] == "21m");
  const Scale constant{4, "s"};
  CHECK(p.map(constant, xs)[7] == "28s");
  CHECK(p.map(std::negate<>(), xs)[7] == -7);
  CHECK(p.map(crosspool::bind(add, 10), xs)[7] == 17);
  CHECK(p.map(crosspool::bind([](const std::vector<int>& v, int x) { return v.at(1) + x; }, std::vector{5, 6}),
              xs)[7] == 13);
  CHECK(p.map(crosspool::bind(crosspool::bind(join, 1), "b"), std::vector{2.0})[0] == "1b2");
}

TEMPLATE_TEST_CASE("map takes several ranges, to the end of the shortest", "", POLICIES) {
  pool<TestType> p{2};
  CHECK(p.map(add, up_to(5), std::list{10, 20, 30}) == std::vector{10, 21, 32});
  CHECK(p.map(join, up_to(2), std::vector<std::string>{"a", "b"}, std::vector{1.0, 2.0, 3.0}) ==
        std::vector<std::string>{"0a1", "1b2"});
}

TEMPLATE_TEST_CASE("map takes any input range", "", POLICIES) {
  pool<TestType> p{3};
  std::istringstream numbers("1 2 3 4 5");
  CHECK(p.map(square, std::ranges::istream_view<int>(numbers)) == std::vector{1, 4, 9, 16, 25}); // of unknown length
  CHECK(p.map(square, std::views::iota(0, 4)) == std::vector{0, 1, 4, 9});
  const auto ten = up_to(10);
  CHECK(p.map(square, ten | std::views::filter([](int x) { return x % 2 != 0; })) == std::vector{1, 9, 25, 49, 81});
  CHECK(p.map(square, ten | std::views::take(3) | std::views::transform([](int x) { return x + 1; })) ==
        std::vector{1, 4, 9});
  CHECK(p.map(square, {3, 4}) == std::vector{9, 16});
  CHECK(p.map([](bool b) { return !b; }, std::vector{true, false}) == std::vector{false, true});
  std::istringstream many;
  std::string text;
  for (int i = 0; i < 5000; ++i)
    text += std::to_string(i) + " ";
  many.str(text);
  CHECK(p.map(square, std::ranges::istream_view<int>(many)) == plain_loop(square, up_to(5000)));
}

TEMPLATE_TEST_CASE("map takes what lies in a row, whoever holds it", "", POLICIES) {
  pool<TestType> p{3};
  const auto xs = up_to(40'000); // several parcels, of some size
  auto changeable = xs;
  const auto expected = plain_loop(square, xs);
  for (const std::size_t chunksize : {0U, 1U, 7U, 4096U, 50'000U, 1'000'000U}) {
    auto with = p.with({.chunksize = chunksize});
    CHECK(with.map(square, xs) == expected);
    CHECK(with.map(square, changeable) == expected);
    CHECK(with.map(square, up_to(40'000)) == expected);
    CHECK(with.map(square, std::span(xs)) == expected);
    CHECK(with.map(square, std::span(changeable)) == expected);
    CHECK(with.map_async(square, xs).get() == expected);
  }
  CHECK(changeable == xs);
  CHECK(p.with({.chunksize = ~std::size_t{0}}).map(square, xs) == expected);
  const auto large = up_to(50'000); // more than is worth putting into a parcel, even without items
  for (const std::size_t chunksize : {0U, 7U})
    CHECK(p.with({.chunksize = chunksize})
              .map(crosspool::bind([](const std::vector<int>& v, int x) { return v[7] * x; }, large), up_to(30))[29] ==
          7 * 29);
  const auto part = std::span(xs).subspan(333, 5000);
  CHECK(p.map(square, part) == plain_loop(square, part));
  CHECK(p.map(square, std::ranges::subrange(xs.begin() + 1, xs.begin() + 4)) == std::vector{1, 4, 9});
  CHECK(p.map(square, xs | std::views::take(2)) == std::vector{0, 1});
  CHECK(p.map(square, std::span(xs).first(0)).empty());
  CHECK(p.map(square, std::array{5, 6}) == std::vector{25, 36});
  const int plain[] = {7, 8};
  CHECK(p.map(square, plain) == std::vector{49, 64});
  CHECK(p.map([](char c) { return c; }, std::string("text")) == std::vector{'t', 'e', 'x', 't'});
  CHECK(p.map([](long x) { return x + 1; }, plain) == std::vector{8L, 9L});
  CHECK(p.map([](Color c) { return c == Color::green; }, std::array{Color::red, Color::green}) ==
        std::vector{false, true});
  CHECK(p.map([](bool b) { return !b; }, std::array{true, false}) == std::vector{false, true});
}

TEMPLATE_TEST_CASE("map takes plain structs in a row", "", POLICIES) {
  pool<TestType> p{3};
  std::vector<Pair> pairs;
  for (int i = 0; i < 50'000; ++i)
    pairs.push_back({i, -i});
  const auto expected = plain_loop(swap, pairs);
  for (const std::size_t chunksize : {0U, 1U, 1000U})
    CHECK(p.with({.chunksize = chunksize}).map(swap, pairs) == expected);
  CHECK(p.map(count_in_place, std::vector<Pair>{{1, 2}, {3, 4}}) == std::vector<Pair>{{2, 2}, {4, 4}});
  CHECK(p.map(&Pair::b, pairs) == plain_loop([](const Pair& each) { return each.b; }, pairs));
  p.map([](const Pair&) {}, pairs);
}

TEMPLATE_TEST_CASE("an empty range gives an empty result", "", POLICIES) {
  pool<TestType> p{2};
  CHECK(p.map(square, std::vector<int>()).empty());
  CHECK(p.map(add, up_to(3), std::vector<int>()).empty());
  CHECK(p.starmap(add, std::vector<std::pair<int, int>>()).empty());
  CHECK(p.map_async(square, std::vector<int>()).get().empty());
  p.map(nothing, std::vector<int>());
}

TEMPLATE_TEST_CASE("functions may return nothing", "", POLICIES) {
  pool<TestType> p{2};
  STATIC_REQUIRE(std::is_void_v<decltype(p.map(nothing, up_to(1)))>);
  STATIC_REQUIRE(std::is_void_v<decltype(p.apply(nothing, 1))>);
  p.map(nothing, up_to(10));
  p.apply(nothing, 1);
  p.map_async(nothing, up_to(10)).get();
  p.apply_async(nothing, 1).get();
  CHECK_THROWS_AS(p.map([](int) { throw std::range_error("in void"); }, up_to(3)), std::range_error);
}

TEMPLATE_TEST_CASE("starmap applies the function to each tuple's elements", "", POLICIES) {
  pool<TestType> p{2};
  const std::vector<std::tuple<int, std::string, double>> rows{{1, "x", 2.0}, {3, "y", 4.0}};
  CHECK(p.starmap(join, rows) == std::vector<std::string>{"1x2", "3y4"});
  CHECK(p.starmap(add, std::vector<std::pair<int, int>>{{1, 2}, {3, 4}}) == std::vector{3, 7});
  CHECK(p.starmap(add, std::vector<std::array<int, 2>>{{1, 2}}) == std::vector{3});
}

TEMPLATE_TEST_CASE("apply calls once", "", POLICIES) {
  pool<TestType> p{2};
  CHECK(p.apply(square, 9) == 81);
  CHECK(p.apply([] { return 5; }) == 5);
  CHECK(p.apply([](int a, const std::string& b) { return b + std::to_string(a); }, 1, "two") == "two1");
  auto later = p.apply_async(join, 1, "a", 2.0);
  CHECK(later.get() == "1a2");
}

TEMPLATE_TEST_CASE("aggregates cross with no code written for them", "", POLICIES) {
  pool<TestType> p{2};
  const std::vector<Point> points{{1, 2, {"a", "b"}}, {3, 4, {}}};
  CHECK(p.map(mirror, points) == plain_loop(mirror, points));
}

TEMPLATE_TEST_CASE("arguments and results may be move-only", "", POLICIES) {
  pool<TestType> p{2};
  std::vector<std::unique_ptr<int>> numbers;
  for (int i = 0; i < 20; ++i)
    numbers.push_back(std::make_unique<int>(i));
  const auto results = p.map(increment, std::move(numbers));
  REQUIRE(results.size() == 20);
  CHECK(*results[19] == 20);
  CHECK(*p.apply(increment, std::make_unique<int>(1)) == 2);
  CHECK(*p.apply_async(increment, std::make_unique<int>(2)).get() == 3);
  std::vector<std::unique_ptr<int>> more;
  more.push_back(std::make_unique<int>(7));
  CHECK(*p.map_async(increment, std::move(more)).get()[0] == 8);
  std::vector<std::unique_ptr<int>> read_only;
  read_only.push_back(std::make_unique<int>(5));
  CHECK(p.map([](const std::unique_ptr<int>& x) { return *x; }, read_only)[0] == 5);
}

namespace {
struct Elusive { // its address is not to be had by &
  int value = 0;
  Elusive* operator&() const { return nullptr; }
};
struct Fixed { // can be moved, not assigned
  Fixed() = default;
  explicit Fixed(int v) : value(v) {}
  Fixed(Fixed&&) = default;
  Fixed& operator=(Fixed&&) = delete;
  template <class Archive> void serialize(Archive& archive) { archive(value); }
  int value = 0;
};
} // namespace

TEMPLATE_TEST_CASE("unusual types are no trouble", "", POLICIES) {
  pool<TestType> p{2};
  CHECK(p.map([](const Elusive& e) { return e.value; }, std::vector<Elusive>{{3}, {4}}) == std::vector{3, 4});
  CHECK(p.map([](int x) { return Fixed(x); }, std::vector{1, 2})[1].value == 2);
  CHECK(p.apply([](std::string s) { return s.size(); }, "a\0b") == (TestType::arguments == crossing::shared ? 1 : 3));
  std::vector<std::tuple<std::unique_ptr<int>, int>> rows;
  rows.emplace_back(std::make_unique<int>(1), 2);
  CHECK(p.starmap([](std::unique_ptr<int> a, int b) { return *a + b; }, std::move(rows)) == std::vector{3});
  const char magic[4] = {'R', 'I', 'F', 'F'};
  if constexpr (TestType::arguments == crossing::serialized)
    CHECK(p.apply([](const std::string& s) { return s; }, magic) == "RIFF");
}

TEMPLATE_TEST_CASE("large arguments and results travel whole", "", POLICIES) {
  pool<TestType> p{2};
  const std::vector<std::vector<double>> blocks(7, std::vector<double>(1 << 20, 1.5));
  CHECK(p.map([](const std::vector<double>& b) { return std::accumulate(b.begin(), b.end(), 0.0); }, blocks) ==
        std::vector<double>(7, 1.5 * (1 << 20)));
  CHECK(p.map([](std::vector<double> b) { return b; }, blocks) == blocks);
}

TEMPLATE_TEST_CASE("futures wait, tell and give", "", POLICIES) {
  pool<TestType> p{2};
  auto f = p.map_async(square, up_to(10));
  f.wait();
  CHECK(f.ready());
  CHECK(f.wait_for(0s) == std::future_status::ready);
  CHECK(f.valid());
  CHECK(f.get() == plain_loop(square, up_to(10)));
  CHECK_FALSE(f.valid());
  CHECK_THROWS_AS(f.get(), std::future_error);
  auto failing = p.apply_async(throw_at_three_and_seven, 3);
  CHECK_THROWS_AS(failing.get(), std::out_of_range);
  future<int> none;
  CHECK_THROWS_AS(none.wait(), std::future_error);
}

TEMPLATE_TEST_CASE("many calls may be under way, from several threads", "", POLICIES) {
  pool<TestType> p{3};
  std::vector<future<int>> futures;
  for (int i = 0; i < 500; ++i)
    futures.push_back(p.apply_async(square, i));
  std::vector<std::thread> callers;
  std::atomic<int> right = 0;
  for (int t = 0; t < 4; ++t)
    callers.emplace_back([&] {
      for (int i = 0; i < 20; ++i)
        right += p.map(square, up_to(30)) == plain_loop(square, up_to(30)) ? 1 : 0;
    });
  for (auto& each : callers)
    each.join();
  CHECK(right == 80);
  for (int i = 0; i < 500; ++i)
    CHECK(futures[static_cast<std::size_t>(i)].get() == i * i);
}

TEMPLATE_TEST_CASE("map throws the error of the lowest item that failed, and the pool goes on", "", POLICIES) {
  pool<TestType> p{3};
  for (const std::size_t chunksize : {1U, 2U, 100U})
    CHECK_THROWS_AS(p.with({.chunksize = chunksize}).map(throw_at_three_and_seven, up_to(10)), std::out_of_range);
  CHECK_THROWS_WITH(p.map(throw_at_three_and_seven, std::vector{7, 3}), "seven");
  CHECK(p.map(square, up_to(5)) == plain_loop(square, up_to(5)));
}

TEMPLATE_TEST_CASE("standard exceptions arrive as themselves", "", POLICIES) {
  pool<TestType> p{1};
  CHECK_THROWS_AS(p.apply([] { throw std::bad_alloc(); }), std::bad_alloc);
  CHECK_THROWS_WITH(p.apply([] { throw std::invalid_argument("why"); }), "why");
  try {
    p.apply([] { throw std::system_error(std::make_error_code(std::errc::no_such_file_or_directory), "opening x"); });
    FAIL("no exception");
  } catch (const std::system_error& e) {
    CHECK(e.code() == std::errc::no_such_file_or_directory);
    CHECK_THAT(e.what(), ContainsSubstring("opening x"));
  }
}

TEMPLATE_TEST_CASE("other exceptions arrive as remote_error with their type's name, from processes", "",
                   crosspool::fork, crosspool::spawn) {
  pool<TestType> p{1};
  try {
    p.apply([] { throw Derived("what it said"); });
    FAIL("no exception");
  } catch (const remote_error& e) {
    CHECK_THAT(e.type(), ContainsSubstring("Derived"));
    CHECK(std::string(e.what()) == "what it said");
  }
  try {
    p.apply([] { throw Unusual{3}; });
    FAIL("no exception");
  } catch (const remote_error& e) {
    CHECK_THAT(e.type(), ContainsSubstring("Unusual"));
  }
}

namespace {

int throw_at_each_seventh(int x) {
  if (x % 7 == 3)
    throw std::out_of_range(std::to_string(x));
  return x;
}

// Items that never end: a process is stopped, and a thread finds the door opened when the test is over.
std::atomic<bool> open_door = false;
std::atomic<int> stuck = 0;
int wait_at_door(int x) {
  ++stuck;
  stuck.notify_all();
  open_door.wait(false);
  return x;
}
int wait_if_two(int x) {
  return x == 2 ? wait_at_door(x) : x;
}
template <class P> struct PoolBehindDoor {
  explicit PoolBehindDoor(options o) : pool((open_door = false, stuck = 0, o)) {}
  PoolBehindDoor(const PoolBehindDoor&) = delete;
  PoolBehindDoor& operator=(const PoolBehindDoor&) = delete;
  ~PoolBehindDoor() { open(); }
  static void open() {
    open_door = true;
    open_door.notify_all();
  }
  // Of processes nobody can tell.
  static void wait_until_stuck() {
    if constexpr (P::arguments == crossing::shared)
      stuck.wait(0);
  }
  crosspool::pool<P> pool;
};

template <class F> std::size_t timed_out_item(F call) {
  try {
    call();
  } catch (const task_timed_out& e) {
    return e.item();
  }
  return std::size_t(-1);
}

// True once for each name.
bool first_time(const std::string& file) {
  if (std::FILE* const made = std::fopen(file.c_str(), "wx")) {
    std::fclose(made);
    return true;
  }
  return false;
}
struct Marker { // a file that is not there yet
  explicit Marker(const std::string& name)
      : path((std::filesystem::temp_directory_path() / (name + std::to_string(this_worker::pid()))).string()) {
    std::filesystem::remove(path);
  }
  Marker(const Marker&) = delete;
  Marker& operator=(const Marker&) = delete;
  ~Marker() { std::filesystem::remove(path); }
  std::string path;
};

} // namespace

TEMPLATE_TEST_CASE("try_map gives each value and each error at its place", "", POLICIES) {
  pool<TestType> p{3};
  const auto check = [](const std::vector<outcome<int>>& outcomes, std::size_t size) {
    REQUIRE(outcomes.size() == size);
    for (std::size_t i = 0; i < size; ++i)
      if (i % 7 == 3)
        CHECK_THROWS_WITH(outcomes[i].value(), std::to_string(i));
      else
        CHECK(outcomes[i].value() == static_cast<int>(i));
  };
  const auto xs = up_to(200);
  check(p.try_map(throw_at_each_seventh, xs), 200);
  check(p.try_map(throw_at_each_seventh, std::list(xs.begin(), xs.end())), 200);
  check(p.try_map(throw_at_each_seventh, {0, 1, 2, 3, 4}), 5);
  for (const std::size_t chunksize : {1U, 7U, 1000U})
    check(p.with({.chunksize = chunksize}).try_map(throw_at_each_seventh, xs), 200);
  CHECK(p.try_map(throw_at_each_seventh, std::vector<int>()).empty());
  const auto sums = p.try_map(add, xs, std::vector{1, 2});
  REQUIRE(sums.size() == 2);
  CHECK(*sums[1] == 3);
}

TEMPLATE_TEST_CASE("try_map's function may return nothing, or what can only be moved, or always throw", "", POLICIES) {
  pool<TestType> p{2};
  const auto nothings = p.try_map([](int x) { throw_at_each_seventh(x); }, up_to(5));
  STATIC_REQUIRE(std::is_same_v<decltype(nothings), const std::vector<outcome<std::monostate>>>);
  REQUIRE(nothings.size() == 5);
  CHECK(nothings[0].has_value());
  CHECK_THROWS_AS(nothings[3].value(), std::out_of_range);
  auto pointers = p.try_map([](int x) { return std::make_unique<int>(throw_at_each_seventh(x)); }, up_to(5));
  CHECK(**std::move(pointers[4]) == 4);
  CHECK_FALSE(pointers[3]);
  const auto referred = p.try_map([](const Point& x) -> const Point& { return x; }, std::vector<Point>{{1, 2, {"a"}}});
  CHECK(*referred[0] == Point{1, 2, {"a"}});
  for (const auto& each : p.try_map([](int x) -> int { throw std::range_error(std::to_string(x)); }, up_to(50)))
    CHECK_THROWS_AS(each.value(), std::range_error);
  CHECK(p.map(square, up_to(5)) == plain_loop(square, up_to(5)));
}

TEMPLATE_TEST_CASE("an item that does not end costs itself", "", POLICIES) {
  PoolBehindDoor<TestType> behind({.workers = 2});
  auto& p = behind.pool;
  const auto outcomes = p.with({.timeout = 2s}).try_map(wait_if_two, up_to(20));
  REQUIRE(outcomes.size() == 20);
  for (std::size_t i = 0; i < 20; ++i)
    if (i == 2)
      CHECK(timed_out_item([&] { outcomes[i].value(); }) == 2);
    else
      CHECK(outcomes[i].value() == static_cast<int>(i));
  CHECK(p.map(square, up_to(5)) == plain_loop(square, up_to(5)));
}

TEMPLATE_TEST_CASE("each verb ends with the item that does not", "", POLICIES) {
  PoolBehindDoor<TestType> behind({.workers = 12});
  auto p = behind.pool.with({.timeout = 10ms});
  CHECK(timed_out_item([&] { p.map(wait_at_door, up_to(1)); }) == 0);
  const auto one = up_to(1);
  CHECK(timed_out_item([&] { p.map(wait_at_door, one | std::views::transform(square)); }) == 0);
  CHECK(timed_out_item([&] {
          p.starmap([](int a, int b) { return wait_at_door(a + b); }, std::vector<std::pair<int, int>>{{1, 2}});
        }) == 0);
  CHECK(timed_out_item([&] { p.apply(wait_at_door, 1); }) == 0);
  CHECK(timed_out_item([&] { p.map_async(wait_at_door, up_to(1)).get(); }) == 0);
  CHECK(timed_out_item([&] { p.apply_async([] { wait_at_door(1); }).get(); }) == 0);
  auto f = p.apply_async(wait_at_door, 1);
  f.wait();
  CHECK(f.ready());
  CHECK_FALSE(f.cancel());
  CHECK(timed_out_item([&] { f.get(); }) == 0);
  f = p.apply_async(wait_at_door, 1);
  while (!f.ready())
    std::this_thread::yield();
  CHECK(timed_out_item([&] { f.get(); }) == 0);
  f = p.apply_async(wait_at_door, 1);
  while (f.wait_for(1h) != std::future_status::ready) {
  }
  CHECK(timed_out_item([&] { f.get(); }) == 0);
}

TEMPLATE_TEST_CASE("a pool's task_timeout is for all its calls that have none", "", POLICIES) {
  PoolBehindDoor<TestType> behind({.workers = 3, .task_timeout = 10ms});
  auto& p = behind.pool;
  CHECK(timed_out_item([&] { p.apply(wait_at_door, 1); }) == 0);
  CHECK(timed_out_item([&] { p.map_async(wait_at_door, up_to(1)).get(); }) == 0);
  CHECK(p.with({.timeout = 1h}).map(square, up_to(100)) == plain_loop(square, up_to(100)));
  CHECK(p.with({.timeout = std::chrono::milliseconds::max()}).map(square, up_to(10)) == plain_loop(square, up_to(10)));
}

TEMPLATE_TEST_CASE("items behind one that does not end are run when its worker is free again", "", POLICIES) {
  PoolBehindDoor<TestType> behind({.workers = 1});
  auto p = behind.pool.with({.timeout = 10ms});
  CHECK(timed_out_item([&] { p.apply(wait_at_door, 1); }) == 0);
  auto later = behind.pool.map_async(square, up_to(5));
  behind.open();
  CHECK(later.get() == plain_loop(square, up_to(5)));
}

TEMPLATE_TEST_CASE("a time must not be negative", "", POLICIES) {
  pool<TestType> p{1};
  CHECK_THROWS_WITH(p.with({.timeout = -1ms}), ContainsSubstring("call_options.timeout"));
  CHECK_THROWS_AS(p.with({.timeout = -1ms}), std::invalid_argument);
  CHECK_THROWS_WITH(pool<TestType>({.workers = 1, .task_timeout = -1ms}), ContainsSubstring("options.task_timeout"));
  CHECK_THROWS_AS(pool<TestType>({.workers = 1, .task_timeout = -1ms}), std::invalid_argument);
}

TEMPLATE_TEST_CASE("a call can be cancelled until it has ended", "", POLICIES) {
  PoolBehindDoor<TestType> behind({.workers = 1});
  auto& p = behind.pool;
  auto ended = p.apply_async(square, 3);
  ended.wait();
  auto running = p.apply_async(wait_at_door, 1);
  auto queued = p.apply_async(square, 2);
  behind.wait_until_stuck();
  CHECK_FALSE(ended.cancel());
  CHECK(queued.cancel());
  CHECK(queued.ready());
  CHECK(running.cancel());
  CHECK(running.ready());
  CHECK(running.wait_for(1h) == std::future_status::ready);
  CHECK_FALSE(running.cancel()); // it has ended
  CHECK(ended.get() == 9);
  CHECK_THROWS_AS(queued.get(), cancelled);
  CHECK_THROWS_AS(running.get(), cancelled);
  future<int> none;
  CHECK_THROWS_AS(none.cancel(), std::future_error);
  behind.open();
  CHECK(p.apply(square, 4) == 16);
}

TEMPLATE_TEST_CASE("a call with many items pending can be cancelled, and others go on", "", POLICIES) {
  PoolBehindDoor<TestType> behind({.workers = 1});
  auto& p = behind.pool;
  auto running = p.apply_async(wait_at_door, 1);
  auto before = p.apply_async(square, 5);
  auto many = p.with({.chunksize = 1}).map_async(wait_at_door, up_to(10000));
  auto after = p.apply_async(square, 6);
  CHECK(many.cancel());
  CHECK_THROWS_AS(many.get(), cancelled);
  CHECK(running.cancel());
  behind.open();
  CHECK(before.get() == 25);
  CHECK(after.get() == 36);
}

TEMPLATE_TEST_CASE("calls are cancelled while workers finish them", "", POLICIES) {
  pool<TestType> p{3};
  for (int i = 0; i < 100; ++i) {
    auto f = p.with({.chunksize = 1, .timeout = i % 2 == 0 ? 0s : 3600s}).map_async(square, up_to(i));
    if (f.cancel())
      CHECK_THROWS_AS(f.get(), cancelled);
    else
      CHECK(f.get() == plain_loop(square, up_to(i)));
  }
  CHECK(p.map(square, up_to(5)) == plain_loop(square, up_to(5)));
}

TEMPLATE_TEST_CASE("terminate ends what is queued behind an item that does not end", "", POLICIES) {
  PoolBehindDoor<TestType> behind({.workers = 1});
  auto& p = behind.pool;
  auto running = p.with({.timeout = 10ms}).apply_async(wait_at_door, 1);
  auto many = p.with({.chunksize = 1}).map_async(wait_at_door, up_to(10000));
  p.terminate();
  CHECK_THROWS_AS(many.get(), cancelled);
  running.wait();
}

TEMPLATE_TEST_CASE("an item whose worker dies is tried again as often as was said", "", crosspool::fork,
                   crosspool::spawn) {
  pool<TestType> p{2};
  const auto die_once = [](const std::string& file, int x) {
    if (x == 2 && first_time(file))
      std::_Exit(3);
    return x;
  };
  {
    const Marker marker("crosspool_dies_once_");
    CHECK(p.with({.retries = 1}).map(crosspool::bind(die_once, marker.path), up_to(5)) == up_to(5));
  }
  const Marker marker("crosspool_dies_once_");
  CHECK_THROWS_AS(p.map(crosspool::bind(die_once, marker.path), up_to(5)), worker_died);
  const auto die = [](int) { std::_Exit(3); };
  CHECK_THROWS_AS(p.with({.retries = 2}).map(die, up_to(1)), worker_died);
}

TEMPLATE_TEST_CASE("an item that has had its time is tried again as often as was said", "", crosspool::fork,
                   crosspool::spawn) {
  PoolBehindDoor<TestType> behind({.workers = 2});
  const Marker marker("crosspool_late_once_");
  const auto late_once = [](const std::string& file, int x) {
    return x == 2 && first_time(file) ? wait_at_door(x) : x;
  };
  CHECK(behind.pool.with({.timeout = 2s, .retries = 1}).map(crosspool::bind(late_once, marker.path), up_to(5)) ==
        up_to(5));
}

TEMPLATE_TEST_CASE("a range that throws midway throws it from the call, and the pool goes on", "", POLICIES) {
  pool<TestType> p{2};
  const auto xs = up_to(100);
  auto broken = xs | std::views::transform([](int x) { return x < 60 ? x : throw std::length_error("at 60"); });
  for (const std::size_t chunksize : {1U, 7U, 100U}) {
    CHECK_THROWS_AS(p.with({.chunksize = chunksize}).map(square, broken), std::length_error);
    CHECK_THROWS_AS(p.with({.chunksize = chunksize}).map_async(square, broken), std::length_error);
  }
  CHECK(p.map(square, xs) == plain_loop(square, xs));
}

TEMPLATE_TEST_CASE("an initializer runs once in each worker, before its first task", "", POLICIES) {
  set_up = 0;
  set_up_times = 0;
  pool<TestType> p{3, initialize, 42};
  for (const auto& [value, times] :
       p.with({.chunksize = 1}).map([](int) { return std::pair(set_up.load(), set_up_times.load()); }, up_to(30))) {
    CHECK(value == 42);
    CHECK(times == (TestType::initializer == crossing::shared ? 3 : 1));
  }
}

TEMPLATE_TEST_CASE("an initializer may be any function, and takes values, references or nothing", "", POLICIES) {
  pool<TestType> none{1, [] { set_up = 1; }};
  CHECK(none.apply([] { return set_up.load(); }) == 1);
  pool<TestType> text{{.workers = 1}, [](const std::string& s) { set_up = static_cast<int>(s.size()); }, "four"};
  CHECK(text.apply([] { return set_up.load(); }) == 4);
  pool<TestType> moved{1, [](std::vector<int>&& v) { set_up = v.at(0); }, std::vector{6}};
  CHECK(moved.apply([] { return set_up.load(); }) == 6);
  pool<TestType> state{1, crosspool::bind([](int a, int b) { set_up = a + b; }, 30), 5};
  CHECK(state.apply([] { return set_up.load(); }) == 35);
}

TEMPLATE_TEST_CASE("an initializer that throws makes construction throw start_failed with its words", "", POLICIES) {
  try {
    pool<TestType> p{3, [](int) { throw std::domain_error("no such model"); }, 1};
    FAIL("no exception");
  } catch (const start_failed& e) {
    CHECK_THAT(e.what(), ContainsSubstring("no such model") && ContainsSubstring("std::domain_error"));
  }
}

TEMPLATE_TEST_CASE("the number of workers must be positive", "", POLICIES) {
  CHECK_THROWS_AS(pool<TestType>(0), std::invalid_argument);
  CHECK_THROWS_AS(pool<TestType>(-3), std::invalid_argument);
  CHECK_THROWS_AS(pool<TestType>({.workers = 0}, initialize, 1), std::invalid_argument);
}

TEMPLATE_TEST_CASE("after close nothing more is taken, and what was is finished", "", POLICIES) {
  pool<TestType> p{2};
  auto f = p.map_async(square, up_to(100));
  p.close();
  CHECK_THROWS_AS(p.map(square, up_to(3)), pool_closed);
  CHECK_THROWS_AS(p.map(square, std::vector<int>()), pool_closed);
  CHECK_THROWS_AS(p.apply(square, 3), pool_closed);
  CHECK_THROWS_AS(p.apply_async(square, 3), pool_closed);
  p.join();
  CHECK(f.ready());
  CHECK(f.get() == plain_loop(square, up_to(100)));
  p.close();
  p.join();
}

TEMPLATE_TEST_CASE("a call that is under way is finished after close, though not all of it had been sent", "",
                   POLICIES) {
  pool<TestType> p{2};
  auto closing = up_to(500);
  const auto range = closing | std::views::transform([&](int x) {
                       if (x == 200)
                         p.close();
                       return x;
                     });
  CHECK(p.with({.chunksize = 1}).map(square, range) == plain_loop(square, closing));
  CHECK_THROWS_AS(p.map(square, closing), pool_closed);
  p.join();
}

TEMPLATE_TEST_CASE("a call that is under way ends as cancelled after terminate, without asking its range on", "",
                   POLICIES) {
  pool<TestType> p{2};
  int asked = 0;
  const auto endless = std::views::iota(0) | std::views::transform([&](int x) {
                         if (++asked == 1000)
                           p.terminate();
                         return x;
                       });
  CHECK_THROWS_AS(p.with({.chunksize = 1}).map(square, endless), cancelled);
  CHECK(asked < 100'000); // what is being filled is filled
  p.join();
}

TEMPLATE_TEST_CASE("try_map has an outcome for each item, also if terminate ends it", "", POLICIES) {
  pool<TestType> p{2};
  const auto xs = up_to(3000);
  const auto range = xs | std::views::transform([&](int x) {
                       if (x == 1000)
                         p.terminate();
                       return x;
                     });
  const auto outcomes = p.with({.chunksize = 1}).try_map(square, range);
  REQUIRE(outcomes.size() == 3000);
  CHECK_THROWS_AS(outcomes.back().value(), cancelled);
}

TEMPLATE_TEST_CASE("join before close is refused", "", POLICIES) {
  pool<TestType> p{1};
  CHECK_THROWS_AS(p.join(), error);
  CHECK(p.apply(square, 2) == 4);
}

TEMPLATE_TEST_CASE("a future may outlive its pool", "", POLICIES) {
  future<std::vector<int>> f;
  {
    pool<TestType> p{2};
    f = p.map_async(square, up_to(100));
  }
  CHECK(f.ready());
  CHECK(f.get() == plain_loop(square, up_to(100)));
}

TEMPLATE_TEST_CASE("a dropped future does no harm", "", POLICIES) {
  std::atomic<int> reported = 0;
  auto before = on_dropped_error([&](const std::exception_ptr& /*error*/) { ++reported; });
  {
    pool<TestType> p{2};
    for (int i = 0; i < 50; ++i)
      static_cast<void>(p.apply_async(throw_at_three_and_seven, 3));
    CHECK(p.apply(square, 3) == 9);
  }
  on_dropped_error(std::move(before));
  CHECK(reported == 50);
}

TEMPLATE_TEST_CASE("terminate cancels what is queued", "", POLICIES) {
  pool<TestType> p{1};
  std::vector<future<int>> futures;
  for (int i = 0; i < 10000; ++i)
    futures.push_back(p.apply_async(square, i));
  p.terminate();
  p.join();
  int values = 0, cancellations = 0;
  for (auto& f : futures)
    try {
      f.get();
      ++values;
    } catch (const cancelled&) {
      ++cancellations;
    }
  CHECK(values + cancellations == 10000);
  CHECK_THROWS_AS(p.apply(square, 1), pool_closed);
}

TEMPLATE_TEST_CASE("this_worker tells the worker's number and process", "", POLICIES) {
  CHECK(this_worker::id() == -1);
  pool<TestType> p{3};
  for (const auto& [id, pid] :
       p.with({.chunksize = 1}).map([](int) { return std::pair(this_worker::id(), this_worker::pid()); }, up_to(60))) {
    CHECK(id >= 0);
    CHECK(id < 3);
    CHECK((pid == this_worker::pid()) == (TestType::arguments == crossing::shared));
  }
  CHECK(this_worker::id() == -1);
}

TEMPLATE_TEST_CASE("a default pool has a worker for each processor", "", POLICIES) {
  pool<TestType> p;
  CHECK(p.workers() == available_cpus());
  CHECK(p.map(square, up_to(10)) == plain_loop(square, up_to(10)));
}

TEMPLATE_TEST_CASE("pools may be nested and side by side", "", POLICIES) {
  pool<TestType> a{1};
  pool<TestType> b{2};
  CHECK(a.apply(
            [](int n) {
              pool<crosspool::thread> inner{2};
              return inner.map(square, up_to(n));
            },
            4) == std::vector{0, 1, 4, 9});
  CHECK(a.map(square, up_to(5)) == b.map(square, up_to(5)));
}

namespace {
template <class P, class F, class... Args>
concept can_map = mappable<P, F, Args...>;
struct ByReference {
  void operator()(int&) const;
};
} // namespace

TEST_CASE("mappable answers without an error") {
  STATIC_REQUIRE(can_map<crosspool::fork, int (*)(int), int>);
  STATIC_REQUIRE(can_map<crosspool::fork, decltype(square), short>);
  STATIC_REQUIRE_FALSE(can_map<crosspool::fork, int (*)(int), std::string>);
  STATIC_REQUIRE_FALSE(can_map<crosspool::fork, ByReference, int>);
  STATIC_REQUIRE(can_map<crosspool::thread, ByReference, int&>);
  STATIC_REQUIRE_FALSE(can_map<crosspool::fork, void (*)(const int*), const int*>);
  STATIC_REQUIRE(can_map<crosspool::thread, void (*)(const int*), const int*>);
  STATIC_REQUIRE_FALSE(can_map<crosspool::spawn, std::string_view (*)(int), int>); // the result cannot come back
  int captured = 0;
  const auto capturing = [&captured](int x) { return captured + x; };
  STATIC_REQUIRE_FALSE(can_map<crosspool::fork, decltype(capturing), int>);
  STATIC_REQUIRE(can_map<crosspool::thread, decltype(capturing), int>);
  STATIC_REQUIRE_FALSE(can_map<int, int (*)(int), int>);
}
