// imap and imap_unordered, the same for every policy.
#include <crosspool/crosspool.hpp>

#include <algorithm>
#include <exception>
#include <iterator>
#include <list>
#include <memory>
#include <ranges>
#include <sstream>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <unistd.h>
#include <utility>
#include <variant>
#include <vector>

#include "catch.hpp"
#include "child.hpp"
#include "numbers.hpp"

#define POLICIES crosspool::thread, crosspool::fork, crosspool::spawn

using namespace crosspool;
using namespace std::chrono_literals;

static_assert(std::ranges::input_range<stream<int>>);
static_assert(std::ranges::input_range<stream<std::unique_ptr<int>>>);
static_assert(std::movable<stream<int>> && !std::copyable<stream<int>>);
static_assert(std::is_same_v<std::ranges::range_reference_t<stream<int>>, int&>);
static_assert(!crossable<stream<int>>);

namespace {

template <class Range> auto all_of(Range&& range) {
  std::vector<std::ranges::range_value_t<Range>> all;
  for (auto& each : range)
    all.push_back(std::move(each));
  return all;
}
template <class Range> auto sorted(Range&& range) {
  auto all = all_of(range);
  std::ranges::sort(all);
  return all;
}

std::vector<int> squares(int n) {
  auto all = up_to(n);
  for (auto& each : all)
    each = square(each);
  return all;
}

// Each place of the rest of a stream: the value, or what was thrown.
template <class R> std::vector<std::string> places_of(stream<R>& s) {
  std::vector<std::string> places;
  for (auto it = s.begin(); it != s.end(); ++it)
    try {
      places.push_back(std::to_string(*it));
    } catch (const std::exception& e) {
      places.emplace_back(e.what());
    }
  return places;
}

int throw_at_multiples_of_three(int x) {
  return x % 3 == 0 ? throw std::out_of_range("no " + std::to_string(x)) : x;
}

// Counts how far a source has been pulled ahead of what has been taken.
class Ahead {
public:
  auto endless() {
    return std::views::iota(0) | std::views::transform([this](int x) {
             most_ = std::max(most_, ++pulled_ - taken_);
             return x;
           });
  }
  void take() { ++taken_; }
  int pulled() const { return pulled_; }
  int most() const { return most_; }

private:
  int pulled_ = 0, taken_ = 0, most_ = 0;
};

// Lets through as many as it is told to, in whichever process or thread they come.
class Gate {
public:
  Gate() {
    if (::pipe(ends_) != 0)
      throw std::runtime_error("no pipe");
  }
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  ~Gate() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  int descriptor() const { return ends_[0]; }
  void open(std::size_t n) const {
    const std::string some(n, 'x');
    static_cast<void>(!::write(ends_[1], some.data(), n));
  }

private:
  int ends_[2];
};
int pass(int gate, int x) {
  char c = 0;
  return ::read(gate, &c, 1) == 1 ? x : -1;
}
int pass_if_zero(int gate, int x) {
  return x == 0 ? pass(gate, x) : x;
}
int pass_unless_zero(int gate, int x) {
  return x != 0 ? pass(gate, x) : x;
}

// Cannot be sent to a process, nor copied for a thread, if it is 7.
struct Stubborn {
  Stubborn() = default;
  explicit Stubborn(int x) : value(x) {}
  Stubborn(const Stubborn& other) : value(other.value) { refuse(); }
  Stubborn& operator=(const Stubborn&) = default;
  template <class Archive> void save(Archive& to) const {
    refuse();
    to(value);
  }
  template <class Archive> void load(Archive& from) { from(value); }
  void refuse() const {
    if (value == 7)
      throw std::domain_error("not seven");
  }
  int value = 0;
};

} // namespace

TEMPLATE_TEST_CASE("imap equals the plain loop at any chunk size and bound", "", POLICIES) {
  const auto xs = up_to(1000);
  const auto expected = squares(1000);
  for (const int workers : {1, 3}) {
    pool<TestType> p{workers};
    CHECK(all_of(p.imap(square, xs)) == expected);
    CHECK(sorted(p.imap_unordered(square, xs)) == expected);
    for (const std::size_t chunksize : {1U, 20U, 100U}) {
      CHECK(all_of(p.with({.chunksize = chunksize}).imap(square, xs)) == expected);
      CHECK(sorted(p.with({.chunksize = chunksize}).imap_unordered(square, xs)) == expected);
      const auto lazy = xs | std::views::transform([](int x) { return x; });
      CHECK(all_of(p.with({.chunksize = chunksize, .max_in_flight = 100}).imap(square, lazy)) == expected);
      CHECK(sorted(p.with({.chunksize = chunksize, .max_bytes_in_flight = 64}).imap_unordered(square, lazy)) ==
            expected);
    }
    for (const std::size_t bound : {1U, 2U, 50U})
      CHECK(all_of(p.with({.max_in_flight = bound}).imap(square, xs)) == expected);
  }
}

TEMPLATE_TEST_CASE("a stream of nothing is at its end, and stays there", "", POLICIES) {
  pool<TestType> p{2};
  std::vector<int> none;
  CHECK(all_of(p.imap(square, none)).empty());
  CHECK(all_of(p.imap_unordered(square, std::views::empty<int>)).empty());
  CHECK(all_of(stream<int>()).empty());
  auto s = p.imap(square, up_to(3));
  CHECK(all_of(s) == std::vector{0, 1, 4});
  auto end = s.begin();
  CHECK(end == s.end());
  CHECK(++end == s.end());
  CHECK(all_of(s).empty());
}

TEMPLATE_TEST_CASE("imap takes any input range", "", POLICIES) {
  pool<TestType> p{2};
  std::istringstream words("3 1 4 1 5");
  CHECK(all_of(p.imap(square, std::ranges::istream_view<int>(words))) == std::vector{9, 1, 16, 1, 25});
  CHECK(all_of(p.imap(square, std::list{3, 1, 4})) == std::vector{9, 1, 16});
  CHECK(all_of(p.imap(square, {3, 1, 4})) == std::vector{9, 1, 16});
  CHECK(sorted(p.imap_unordered(square, {3, 1, 4})) == std::vector{1, 9, 16});
  const auto add = [](int a, int b) { return a + b; };
  CHECK(all_of(p.imap(add, std::views::iota(0), up_to(4))) == std::vector{0, 2, 4, 6});
  CHECK(all_of(p.imap([](bool b) { return !b; }, std::vector{true, false})) == std::vector{false, true});
  const auto increment = [](std::unique_ptr<int> x) {
    ++*x;
    return x;
  };
  std::vector<std::unique_ptr<int>> only_moved;
  for (int i = 0; i < 5; ++i)
    only_moved.push_back(std::make_unique<int>(i));
  int expected = 0;
  for (auto& each : p.imap(increment, std::move(only_moved)))
    CHECK(*each == ++expected);
  CHECK(expected == 5);
}

TEMPLATE_TEST_CASE("an lvalue range is referred to, and an rvalue is kept", "", POLICIES) {
  pool<TestType> p{2};
  std::list referred{1, 2, 3};
  auto s = p.with({.max_in_flight = 1}).imap(square, referred);
  auto it = s.begin();
  CHECK(*it == 1);
  referred.back() = 5;
  CHECK(*++it == 4);
  CHECK(*++it == 25);
  auto kept = p.imap([](const std::string& each) { return each + "!"; }, std::vector<std::string>(100, "kept"));
  const auto all = all_of(kept);
  CHECK(all == std::vector<std::string>(100, "kept!"));
}

TEMPLATE_TEST_CASE("a void function gives std::monostate", "", POLICIES) {
  pool<TestType> p{2};
  int n = 0;
  for (std::monostate& each : p.imap([](int x) { x == 2 ? throw std::domain_error("two") : void(); }, {0, 1, 3}))
    n += each == std::monostate() ? 1 : 0;
  CHECK(n == 3);
}

TEMPLATE_TEST_CASE("the source is pulled lazily, and no further ahead than the bound", "", POLICIES) {
  pool<TestType> p{2};
  for (const int bound : {1, 7, 100}) {
    Ahead ahead;
    auto ordered = p.with({.max_in_flight = static_cast<std::size_t>(bound)}).imap(square, ahead.endless());
    CHECK(ahead.pulled() == 0);
    int n = 0;
    for (int& each : ordered) {
      CHECK(each == square(n));
      ahead.take();
      if (++n == 300)
        break;
    }
    CHECK(ahead.most() <= bound);
    Ahead other;
    for (n = 0; int& each :
                p.with({.max_in_flight = static_cast<std::size_t>(bound)}).imap_unordered(square, other.endless())) {
      CHECK(each >= 0);
      other.take();
      if (++n == 300)
        break;
    }
    CHECK(other.most() <= bound);
  }
}

constexpr std::size_t large = 10'000;
// Where g++ 12 sees both its size and where it goes, it warns of what is not so.
[[gnu::noinline]] std::string large_text() {
  return std::string(large, 'x');
}

TEMPLATE_TEST_CASE("as many bytes are under way as the bound allows, of arguments and of results", "", POLICIES) {
  constexpr std::size_t bound = 50 * large;
  pool<TestType> p{2};
  const auto q = [&] { return p.with({.max_bytes_in_flight = bound}); };
  Ahead sent;
  auto texts = sent.endless() | std::views::transform([](int) { return large_text(); });
  int n = 0;
  for (auto& each : q().imap([](const std::string& text) { return text.size(); }, texts)) {
    CHECK(each == large);
    sent.take();
    if (++n == 300)
      break;
  }
  CHECK(sent.most() <= 51);
  Ahead returned;
  n = 0;
  for (auto& each : q().imap_unordered([](int) { return large_text(); }, returned.endless())) {
    CHECK(each.size() == large);
    returned.take();
    if (++n == 300)
      break;
  }
  CHECK(returned.most() <= 51);
}

TEMPLATE_TEST_CASE("an item is pulled when all before have been taken, if only one may be in flight", "", POLICIES) {
  pool<TestType> p{2};
  int taken = 0;
  const auto depends = std::views::iota(0, 50) | std::views::transform([&](int x) {
                         CHECK(x == taken);
                         return x;
                       });
  for (int& each : p.with({.max_in_flight = 1}).imap(square, depends))
    CHECK(each == square(taken++));
  CHECK(taken == 50);
}

TEMPLATE_TEST_CASE("results come in the order of the items, or as they are ready", "", POLICIES) {
  const Gate gate;
  pool<TestType> p{2};
  auto s = p.with({.chunksize = 1}).imap_unordered(crosspool::bind(pass_if_zero, gate.descriptor()), up_to(6));
  std::vector<int> first;
  auto it = s.begin();
  for (int i = 0; i < 5; ++i, ++it)
    first.push_back(*it);
  std::ranges::sort(first);
  CHECK(first == std::vector{1, 2, 3, 4, 5});
  gate.open(2);
  CHECK(*it == 0);
  CHECK(++it == s.end());
  CHECK(all_of(p.imap(crosspool::bind(pass_if_zero, gate.descriptor()), up_to(100))) == up_to(100));
}

TEMPLATE_TEST_CASE("an item's error has its place, and the iteration goes on behind it", "", POLICIES) {
  pool<TestType> p{2};
  const std::vector<std::string> expected{"no 0", "1", "2", "no 3", "4", "5", "no 6"};
  for (const std::size_t chunksize : {0U, 1U, 20U}) {
    auto s = p.with({.chunksize = chunksize}).imap(throw_at_multiples_of_three, up_to(7));
    CHECK(places_of(s) == expected);
    auto unordered = p.with({.chunksize = chunksize}).imap_unordered(throw_at_multiples_of_three, up_to(7));
    auto places = places_of(unordered);
    std::ranges::sort(places);
    CHECK(places == std::vector<std::string>{"1", "2", "4", "5", "no 0", "no 3", "no 6"});
  }
  // Loops that are left by an exception, and begun again.
  auto s = p.imap(throw_at_multiples_of_three, up_to(7));
  std::vector<std::string> places;
  for (bool ended = false; !ended;)
    try {
      for (const int& each : s)
        places.push_back(std::to_string(each));
      ended = true;
    } catch (const std::out_of_range& e) {
      places.emplace_back(e.what());
    }
  CHECK(places == expected);
}

TEMPLATE_TEST_CASE("a range that throws ends the stream, behind the results before it", "", POLICIES) {
  pool<TestType> p{2};
  for (const int at : {0, 1, 60, 99})
    for (const std::size_t chunksize : {0U, 1U, 7U, 100U}) {
      auto broken = std::views::iota(0) | std::views::transform([at](int x) {
                      return x < at ? x : throw std::length_error("at " + std::to_string(at));
                    });
      auto s = p.with({.chunksize = chunksize}).imap(square, broken);
      auto unordered = p.with({.chunksize = chunksize}).imap_unordered(square, broken);
      std::vector<std::string> expected;
      for (int i = 0; i < at; ++i)
        expected.push_back(std::to_string(square(i)));
      expected.push_back("at " + std::to_string(at));
      CHECK(places_of(s) == expected);
      const auto places = places_of(unordered);
      CHECK(places.size() == expected.size());
      CHECK(places.back() == expected.back());
      CHECK(places_of(s).empty());
    }
  CHECK(works(p));
}

TEMPLATE_TEST_CASE("an item that cannot be sent or kept costs its place", "", POLICIES) {
  pool<TestType> p{2};
  std::vector<Stubborn> items(10);
  for (std::size_t i = 0; i < 10; ++i)
    items[i].value = static_cast<int>(i);
  for (const std::size_t chunksize : {0U, 20U}) {
    auto s = p.with({.chunksize = chunksize}).imap([](const Stubborn& each) { return each.value; }, items);
    CHECK(places_of(s) == std::vector<std::string>{"0", "1", "2", "3", "4", "5", "6", "not seven", "8", "9"});
  }
}

TEMPLATE_TEST_CASE("a worker that dies costs one item, at its place", "", crosspool::fork, crosspool::spawn) {
  pool<TestType> p{2};
  const auto die_at_17 = [](int x) {
    if (x == 17)
      std::_Exit(3);
    return x;
  };
  for (const std::size_t chunksize : {0U, 1U, 20U}) {
    auto s = p.with({.chunksize = chunksize}).imap(die_at_17, up_to(40));
    int i = 0;
    for (auto it = s.begin(); it != s.end(); ++it, ++i)
      try {
        const int value = *it;
        CHECK(value == i);
        CHECK(i != 17);
      } catch (const worker_died& e) {
        CHECK(i == 17);
        CHECK(e.item() == 17);
        CHECK_THAT(e.what(), ContainsSubstring("item 17 of imap"));
      }
    CHECK(i == 40);
  }
}

TEMPLATE_TEST_CASE("an item that does not end costs its place", "", POLICIES) {
  const Gate gate;
  pool<TestType> p{2};
  auto s = p.with({.timeout = 100ms}).imap(crosspool::bind(pass_if_zero, gate.descriptor()), {1, 0, 2});
  auto it = s.begin();
  CHECK(*it == 1);
  CHECK_THROWS_AS(*++it, task_timed_out);
  CHECK(*++it == 2);
  CHECK(++it == s.end());
  gate.open(1);
}

TEMPLATE_TEST_CASE("a loop that is left cancels what is pending, and the pool goes on", "", POLICIES) {
  const Gate gate;
  pool<TestType> p{2};
  {
    auto s = p.imap(crosspool::bind(pass_unless_zero, gate.descriptor()), std::views::iota(0));
    CHECK(*s.begin() == 0);
  }
  gate.open(2); // for threads, which finish what they are at
  CHECK(works(p));
  for (int i = 0; i < 20; ++i)
    for (int& each : p.imap(square, std::views::iota(0, 1000)))
      if (each == square(i))
        break;
  for (int i = 0; i < 20; ++i)
    static_cast<void>(p.imap(square, std::views::iota(0, 40000)).begin() == std::default_sentinel);
  CHECK(works(p));
}

TEMPLATE_TEST_CASE("a loop over quick items that is left need not cost the workers", "", crosspool::fork,
                   crosspool::spawn) {
  pool<TestType> p{1};
  int undisturbed = 0;
  for (int i = 0; i < 50; ++i) { // on a busy machine, some may be stopped nevertheless
    const int before = p.apply(this_worker::pid);
    for (int& each : p.imap(square, std::views::iota(0, 40000)))
      if (each == 100)
        break;
    undisturbed += p.apply(this_worker::pid) == before ? 1 : 0;
  }
  CHECK(undisturbed != 0);
}

TEMPLATE_TEST_CASE("after close, what was pulled is finished, and the stream ends with pool_closed", "", POLICIES) {
  for (const bool joins : {false, true}) {
    pool<TestType> p{2};
    Ahead ahead;
    auto s = p.with({.max_in_flight = 20}).imap(square, ahead.endless());
    auto it = s.begin();
    CHECK(*it == 0);
    p.close();
    if (joins)
      p.join();
    int n = 1;
    for (++it; it != s.end(); ++it)
      try {
        const int value = *it;
        CHECK(value == square(n));
        ++n;
      } catch (const pool_closed&) {
        break;
      }
    for (; it != s.end(); ++it)
      CHECK_THROWS_AS(*it, pool_closed);
    CHECK(n >= 1);
    CHECK(n <= 20);
    CHECK_THROWS_AS(p.imap(square, up_to(3)), pool_closed);
    CHECK_THROWS_AS(p.imap_unordered(square, up_to(0)), pool_closed);
  }
}

TEMPLATE_TEST_CASE("after terminate, what has not been run is cancelled, and the stream ends", "", POLICIES) {
  pool<TestType> p{2};
  auto s = p.with({.max_in_flight = 1000}).imap(square, std::views::iota(0));
  auto it = s.begin();
  CHECK(*it == 0);
  p.terminate();
  int n = 1;
  for (++it; it != s.end(); ++it, ++n)
    try {
      const int value = *it;
      CHECK(value == square(n));
    } catch (const cancelled&) {
    } catch (const pool_closed&) {
    }
  CHECK(n < 2000);
  p.join();
}

TEMPLATE_TEST_CASE("after a stop, what has not ended is cancelled, and the stream ends", "", POLICIES) {
  const bool in_order = GENERATE(true, false);
  const Gate gate;
  pool<TestType> p{2};
  stop_source stop;
  auto with = p.with({.max_in_flight = 1000, .stop = stop.get_token()});
  const auto f = crosspool::bind(pass_unless_zero, gate.descriptor());
  auto s = in_order ? with.imap(f, std::views::iota(0)) : with.imap_unordered(f, std::views::iota(0));
  auto it = s.begin();
  CHECK(*it == 0);
  stop.request_stop();
  int cancelled_items = 0;
  for (++it; it != s.end(); ++it, ++cancelled_items)
    REQUIRE_THROWS_AS(*it, cancelled);
  CHECK(cancelled_items <= 1000);
  gate.open(2); // for threads, which finish what they are at
  CHECK(works(p));
}

TEMPLATE_TEST_CASE("after a stop, or an error with fail_fast, a stream pulls at most one item more", "", POLICIES,
                   inline_as<crosspool::thread>, inline_as<crosspool::fork>) {
  pool<TestType> p{2};
  for (const bool stops : {true, false}) {
    Ahead ahead;
    stop_source stop;
    auto s = p.with({.max_in_flight = 50, .fail_fast = !stops, .stop = stop.get_token()})
                 .imap(throw_at_multiples_of_three, ahead.endless());
    auto it = s.begin();
    CHECK_THROWS_AS(*it, std::out_of_range);
    if (stops)
      stop.request_stop();
    const int pulled = ahead.pulled();
    std::exception_ptr last;
    int places = 1;
    for (++it; it != s.end(); ++it, ++places)
      try {
        last = nullptr;
        static_cast<void>(*it);
      } catch (...) {
        last = std::current_exception();
      }
    CHECK(ahead.pulled() <= pulled + 1);
    CHECK(places == (stops ? ahead.pulled() : 1));
    if (stops)
      CHECK_THROWS_AS(last ? std::rethrow_exception(last) : void(), cancelled);
  }
  // Unless there is none.
  stop_source stop;
  auto s = p.with({.stop = stop.get_token()}).imap(square, up_to(3));
  CHECK(*s.begin() == 0);
  int places = 1;
  stop.request_stop();
  for (auto it = s.begin(); it != s.end(); ++it)
    ++places;
  CHECK(places <= 3); // fewer if not all had been pulled by then
  CHECK(works(p));
}

TEMPLATE_TEST_CASE("with fail_fast, a stream ends at the error that ended the call", "", POLICIES,
                   inline_as<crosspool::thread>, inline_as<crosspool::fork>) {
  pool<TestType> p{3};
  const auto xs = up_to(2000);
  for (int i = 0; i < 20; ++i) {
    auto with = p.with({.chunksize = i % 2 == 0 ? 0U : 10U, .fail_fast = true});
    auto in_order = with.imap(throw_at_multiples_of_three, xs | std::views::drop(1));
    auto places = places_of(in_order);
    REQUIRE_FALSE(places.empty());
    CHECK_THAT(places.back(), Catch::StartsWith("no "));
    places.pop_back();
    CHECK(places.size() <= 2); // another item may have failed before these were begun
    for (std::size_t at = 0; at < places.size(); ++at)
      CHECK(places[at] == std::to_string(at + 1));

    auto unordered = with.imap_unordered(throw_at_multiples_of_three, xs | std::views::drop(1));
    places = places_of(unordered);
    REQUIRE_FALSE(places.empty());
    CHECK_THAT(places.back(), Catch::StartsWith("no "));
    places.pop_back();
    for (const auto& each : places)
      CHECK(std::stoi(each) % 3 != 0);

    auto one = with.imap([](int x) { return x == 1000 ? throw std::domain_error("at 1000") : x; }, xs);
    places = places_of(one);
    REQUIRE_FALSE(places.empty());
    CHECK(places.back() == "at 1000");
    CHECK(places.size() <= 1001);
  }
  CHECK(works(p));
}

TEST_CASE("with fail_fast, the progress of a stream ends with it") {
  progress last;
  thread_pool p{2};
  auto s = p.with({.fail_fast = true, .progress = [&](const progress& now) { last = now; }})
               .imap(throw_at_multiples_of_three, up_to(100));
  const auto places = places_of(s);
  CHECK(last.total == last.done);
  CHECK(last.failed == last.done - (places.size() - 1));
}

TEMPLATE_TEST_CASE("a stream may outlive its pool", "", POLICIES) {
  stream<int> s;
  {
    pool<TestType> p{2};
    s = p.imap(square, up_to(5));
    CHECK(*s.begin() == 0);
  }
  std::size_t values = 1, errors = 0;
  for (auto it = s.begin(); it != s.end(); ++it)
    try {
      const int value = *it;
      CHECK(value == square(static_cast<int>(values)));
      ++values;
    } catch (const pool_closed&) {
      ++errors;
    }
  CHECK((values == 5 || errors != 0));
  stream<int> untouched = pool<TestType>(1).imap(square, up_to(3));
  CHECK_THROWS_AS(*untouched.begin(), pool_closed);
}

TEMPLATE_TEST_CASE("a stream in a forked copy of the process is closed", "", POLICIES) {
  pool<TestType> p{2};
  auto s = p.with({.max_in_flight = 1}).imap(square, std::views::iota(0));
  CHECK(*s.begin() == 0);
  CHECK(in_child([&] {
          auto mine = std::move(s);
          try {
            return all_of(mine).empty() ? 1 : 2;
          } catch (const pool_closed&) {
            return 0;
          }
        }) == 0);
  CHECK(*s.begin() == 1);
}

TEMPLATE_TEST_CASE("streams go into views, algorithms and other streams", "", POLICIES) {
  pool<TestType> p{2};
  auto s = p.imap(square, std::views::iota(0, 40000));
  auto first = s | std::views::take(3);
  CHECK(all_of(first) == std::vector{0, 1, 4});
  std::vector<int> next;
  std::ranges::copy(s | std::views::filter([](int x) { return x % 2 == 0; }) | std::views::take(2),
                    std::back_inserter(next));
  CHECK(next == std::vector{16, 36});
  auto inner = p.imap(square, up_to(50));
  auto outer = p.imap([](int x) { return x + 1; }, inner);
  auto first_of_outer = outer | std::views::take(3);
  CHECK(all_of(first_of_outer) == std::vector{1, 2, 5});
  CHECK(std::ranges::count_if(p.imap(square, p.imap_unordered(square, up_to(50))), [](int x) { return x > 0; }) == 49);
}

TEMPLATE_TEST_CASE("streams and calls may be under way side by side, and one moved amid its iteration", "", POLICIES) {
  pool<TestType> p{2};
  auto a = p.imap(square, std::views::iota(0, 40000));
  auto b = p.imap_unordered(square, up_to(500));
  auto in_b = b.begin();
  int n = 0, sum = 0;
  for (int& each : a) {
    CHECK(each == square(n));
    CHECK(p.apply(square, n) == each);
    sum += *in_b;
    if (++in_b == b.end())
      break;
    ++n;
  }
  CHECK(n == 499);
  CHECK(sum == 499 * 500 * 999 / 6);
  auto moved = std::move(a);
  CHECK(*moved.begin() == square(500));
  CHECK(a.begin() == a.end());
}

TEST_CASE("a bound below chunksize is refused") {
  pool<crosspool::thread> p{1};
  CHECK_THROWS_WITH((p.with({.chunksize = 10, .max_in_flight = 9})), ContainsSubstring("call_options.max_in_flight"));
  CHECK(all_of(p.with({.chunksize = 10, .max_in_flight = 10}).imap(square, up_to(50))) == squares(50));
}
