// How far a call has come, as its caller is told: the same for every policy.
#include <crosspool/crosspool.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <functional>
#include <list>
#include <ranges>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "numbers.hpp"

#define POLICIES crosspool::thread, crosspool::fork, crosspool::spawn
#define AND_INLINE POLICIES, inline_as<crosspool::thread>

using namespace crosspool;
using namespace std::chrono_literals;

namespace {

// Keeps what it is told, and checks what must be so of any of it.
struct listener {
  std::vector<progress>* heard;
  std::thread::id caller = std::this_thread::get_id();

  void operator()(const progress& p) const {
    CHECK(std::this_thread::get_id() == caller);
    CHECK(p.failed <= p.done);
    CHECK(p.elapsed > 0ns);
    CHECK((p.rate > 0) == (p.done != 0));
    if (p.total) {
      CHECK(p.done <= *p.total);
      CHECK(p.left.has_value() == (p.done != 0));
    } else
      CHECK_FALSE(p.left);
    if (!heard->empty()) {
      const auto& before = heard->back();
      CHECK(before.done <= p.done);
      CHECK(before.failed <= p.failed);
      CHECK(before.elapsed < p.elapsed);
      CHECK(before.done != before.total); // that was the last one
    }
    heard->push_back(p);
  }
};

bool is_end(const progress& p, std::size_t total, std::size_t failed = 0) {
  return p.done == total && p.total == total && p.failed == failed && (total == 0 || p.left == 0ns);
}

// Work that takes time, and no processor from those who wait for it.
int work_for(int milliseconds) {
  std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
  return milliseconds;
}
int no_odd_ones(int x) {
  if (x % 2 != 0)
    throw std::domain_error("odd");
  return x;
}
std::string as_text(int x) {
  if (x % 2 != 0)
    throw std::domain_error("odd");
  return std::to_string(x);
}
int die_at_three(int x) {
  return x == 3 ? std::raise(SIGKILL) : x;
}

} // namespace

TEST_CASE("a reporter tells no more than it should") {
  std::vector<progress> heard;
  detail::progress_reporter reporter([&](const progress& p) { heard.push_back(p); });
  reporter.report(1, 0, 10);
  CHECK(heard.empty());
  while (detail::progress_reporter::clock::now() < reporter.due()) {
  }
  reporter.report(2, 1, std::nullopt);
  reporter.report(3, 1, 10); // too early
  while (detail::progress_reporter::clock::now() < reporter.due()) {
  }
  reporter.report(10, 2, 10); // that is for the end to say
  reporter.report(5, 2, 10);
  reporter.report_end(10, 3);
  REQUIRE(heard.size() == 3);
  CHECK(heard[0].done == 2);
  CHECK_FALSE(heard[0].total);
  CHECK_FALSE(heard[0].left);
  CHECK(heard[0].rate == Approx(2 / std::chrono::duration<double>(heard[0].elapsed).count()));
  CHECK(heard[1].total == 10U);
  CHECK(heard[1].elapsed - heard[0].elapsed >= 50ms);
  CHECK(heard[1].left.value_or(0ns) >= heard[1].elapsed - 1us);
  CHECK(heard[1].left.value_or(0ns) <= heard[1].elapsed + 1us);
  CHECK(is_end(heard[2], 10, 3));
}

TEST_CASE("what would take for ever is a number, too") {
  std::vector<progress> heard;
  detail::progress_reporter reporter([&](const progress& p) { heard.push_back(p); });
  while (detail::progress_reporter::clock::now() < reporter.due()) {
  }
  reporter.report(1, 0, ~std::size_t{0});
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].left.value_or(0ns) > 24h * 365);
}

TEMPLATE_TEST_CASE("each verb tells when all has ended", "", POLICIES) {
  pool<TestType> p{2};
  std::vector<progress> heard;
  const call_options o{.chunksize = GENERATE(std::size_t{0}, std::size_t{1}, std::size_t{20}),
                       .progress = listener{&heard}};
  const auto ended = [&](std::size_t total, std::size_t failed = 0) {
    return !heard.empty() && is_end(std::exchange(heard, {}).back(), total, failed);
  };
  CHECK(p.with(o).map(square, up_to(100)).size() == 100);
  CHECK(ended(100));
  p.with(o).map(square, std::vector<int>());
  CHECK(ended(0));
  p.with(o).map(square, std::list<int>(70, 3));
  CHECK(ended(70));
  const auto sixty = up_to(60);
  p.with(o).map(square, sixty | std::views::filter([](int x) { return x < 50; }));
  CHECK(ended(50));
  p.with(o).starmap([](int a, int b) { return a + b; }, std::vector<std::pair<int, int>>(30));
  CHECK(ended(30));
  CHECK(p.with(o).apply(square, 3) == 9);
  CHECK(ended(1));
  p.with(o).try_map(no_odd_ones, up_to(100));
  CHECK(ended(100, 50));
  p.with(o).try_map(as_text, up_to(41));
  CHECK(ended(41, 20));
  p.with(o).try_map(no_odd_ones, std::list<int>{1, 2, 3});
  CHECK(ended(3, 2));
  CHECK_THROWS_AS(p.with(o).map(no_odd_ones, up_to(10)), std::domain_error);
  CHECK(ended(10, 5));
  auto f = p.with(o).map_async(no_odd_ones, std::vector{2, 4, 6});
  f.wait();
  CHECK(heard.empty());
  CHECK(f.get() == std::vector{2, 4, 6});
  CHECK(ended(3));
  CHECK_THROWS_AS(p.with(o).apply_async(no_odd_ones, 1).get(), std::domain_error);
  CHECK(ended(1, 1));
  p.with({.timeout = 1min, .progress = listener{&heard}}).try_map(no_odd_ones, up_to(20));
  CHECK(ended(20, 10));
}

TEMPLATE_TEST_CASE("who waits for long is told meanwhile", "", POLICIES) {
  pool<TestType> p{2};
  std::vector<progress> heard;
  const auto o = call_options{.progress = listener{&heard}};
  const auto times = std::vector<int>(60, 10);
  SECTION("of a map") {
    p.with(o).map(work_for, times);
  }
  SECTION("of a range that is read by the caller") {
    p.with(o).map(work_for, std::list<int>(60, 10));
  }
  SECTION("of a range of unknown length") {
    p.with(o).map(work_for, times | std::views::filter([](int x) { return x != 0; }));
  }
  SECTION("of a future") {
    p.with(o).map_async(work_for, times).get();
  }
  REQUIRE(heard.size() >= 2);
  CHECK(is_end(heard.back(), 60));
  const auto some = std::count_if(heard.begin(), heard.end(), [](const auto& each) { return each.done != 0; });
  CHECK(some >= 2);
  // 20 a second, and the last.
  CHECK(heard.size() <= 2 + static_cast<std::size_t>(heard.back().elapsed / 50ms));
}

TEMPLATE_TEST_CASE("what a callback throws ends the call", "", POLICIES) {
  pool<TestType> p{2};
  struct enough {};
  const call_options o{.progress = [](const progress&) { throw enough(); }};
  CHECK_THROWS_AS(p.with(o).map(work_for, std::vector<int>(100, 10)), enough);
  CHECK_THROWS_AS(p.with(o).map(work_for, std::list<int>(100, 10)), enough);
  CHECK_THROWS_AS(p.with(o).apply(square, 2), enough); // at the end
  CHECK_THROWS_AS(p.with(o).map(square, std::vector<int>()), enough);
  CHECK_THROWS_AS(p.with(o).map_async(work_for, std::vector<int>(30, 10)).get(), enough);
  CHECK(works(p));
}

TEMPLATE_TEST_CASE("what a callback throws ends a stream, and map_reduce", "", POLICIES) {
  pool<TestType> p{2};
  struct enough {};
  auto with = p.with({.chunksize = 1, .progress = [](const progress&) { throw enough(); }});
  const auto empty = [](auto& stream) { return stream.begin() == stream.end(); };
  const auto pass = [](auto& stream) {
    for (const int each : stream)
      CHECK(each == 10);
  };
  auto left = with.imap(work_for, std::vector<int>(100, 10));
  CHECK_THROWS_AS(pass(left), enough);
  CHECK(empty(left));
  auto short_one = with.imap_unordered(work_for, std::vector<int>{10});
  CHECK_THROWS_AS(pass(short_one), enough); // at the end
  CHECK(empty(short_one));
  const auto times = std::vector<int>(100, 10);
  CHECK_THROWS_AS(with.map_reduce(work_for, times, std::plus<>(), 0), enough);
  CHECK_THROWS_AS(with.map_reduce(square, std::vector<int>(), std::plus<>(), 0), enough);
  CHECK(works(p));
}

TEMPLATE_TEST_CASE("map_reduce tells how many items have ended, not chunks", "", AND_INLINE) {
  pool<TestType> p{2};
  std::vector<progress> heard;
  const auto hundred = up_to(100);
  for (const bool ordered : {true, false}) {
    const call_options o{.chunksize = GENERATE(std::size_t{0}, std::size_t{1}, std::size_t{30}),
                         .ordered = ordered,
                         .progress = listener{&heard}};
    const auto ended = [&](std::size_t total, std::size_t failed = 0) {
      return !heard.empty() && is_end(std::exchange(heard, {}).back(), total, failed);
    };
    CHECK(p.with(o).map_reduce(square, hundred, std::plus<>(), 0) == 328350);
    CHECK(ended(100));
    CHECK(p.with(o).map_reduce(square, std::list<int>(70, 1), std::plus<>(), 0) == 70);
    CHECK(ended(70));
    CHECK(p.with(o).map_reduce(square, hundred | std::views::filter([](int x) { return x < 4; }), std::plus<>(), 0) ==
          14);
    CHECK(ended(4));
    CHECK(p.with(o).map_reduce(square, std::vector<int>(), std::plus<>(), 5) == 5);
    CHECK(ended(0));
    CHECK_THROWS_AS(p.with(o).map_reduce(no_odd_ones, hundred, std::plus<>(), 0), std::domain_error);
    REQUIRE(!heard.empty());
    CHECK(heard.back().done == 100);
    CHECK(heard.back().failed > 0);
    heard.clear();
  }
}

TEMPLATE_TEST_CASE("a callback may use the pool", "", POLICIES) {
  pool<TestType> p{2};
  int calls = 0;
  const auto use = [&](const progress& so_far) {
    ++calls;
    CHECK(p.apply(square, 3) == 9);
    CHECK(works(p));
    CHECK(p.stats().workers.size() == 2);
    CHECK(so_far.done <= 40);
  };
  p.with({.progress = use}).map(work_for, std::vector<int>(40, 10));
  CHECK(calls >= 2);
}

TEMPLATE_TEST_CASE("what ends with the pool has failed", "", POLICIES) {
  pool<TestType> p{2};
  std::vector<progress> heard;
  bool first = true;
  const auto stop = [&](const progress& so_far) {
    heard.push_back(so_far);
    if (so_far.done != 0 && std::exchange(first, false))
      p.terminate();
  };
  SECTION("in place") {
    CHECK_THROWS_AS(p.with({.progress = stop}).map(work_for, std::vector<int>(500, 10)), cancelled);
  }
  SECTION("read by the caller") {
    CHECK_THROWS_AS(p.with({.progress = stop}).map(work_for, std::list<int>(500, 10)), cancelled);
  }
  SECTION("each apart") {
    CHECK(p.with({.progress = stop}).try_map(work_for, std::vector<int>(500, 10)).size() == 500);
  }
  REQUIRE(heard.size() >= 2);
  CHECK(heard.back().done == heard.back().total);
  CHECK(heard.back().failed > 0);
  CHECK(heard.back().failed < heard.back().done);
}

TEMPLATE_TEST_CASE("items that were lost have failed, those that were run again have not", "", crosspool::fork,
                   crosspool::spawn) {
  pool<TestType> p{2};
  std::vector<progress> heard;
  p.with({.progress = listener{&heard}}).try_map(die_at_three, up_to(10));
  CHECK(is_end(heard.back(), 10, 1));
  heard.clear();
  p.with({.retries = 2, .progress = listener{&heard}}).try_map(die_at_three, up_to(10));
  CHECK(is_end(heard.back(), 10, 1));
}

TEMPLATE_TEST_CASE("an item whose time was over has failed", "", POLICIES) {
  pool<TestType> p{1};
  std::vector<progress> heard;
  // A process is stopped, which may take a while; a thread comes back late.
  const auto late_at_one = [](int x) {
    return x == 1 ? work_for(TestType::arguments == crossing::shared ? 200 : 3'600'000) : x;
  };
  const auto outcomes = p.with({.timeout = 20ms, .progress = listener{&heard}}).try_map(late_at_one, up_to(3));
  const auto failed = std::count_if(outcomes.begin(), outcomes.end(), [](const auto& each) { return !each; });
  CHECK(failed >= 1); // others may have been slow, too
  CHECK(is_end(heard.back(), 3, static_cast<std::size_t>(failed)));
}

TEMPLATE_TEST_CASE("a range that throws ends the reports", "", POLICIES) {
  pool<TestType> p{2};
  std::vector<progress> heard;
  const auto hundred = up_to(100);
  auto range = hundred | std::views::transform([](int x) { return x < 50 ? x : throw std::range_error("no more"); });
  CHECK_THROWS_AS(p.with({.progress = listener{&heard}}).map(square, range), std::range_error);
  for (const auto& each : heard)
    CHECK(each.done < 100);
}

namespace {
// Goes on behind errors. How many places there were.
template <class Stream> std::size_t drain(Stream all) {
  std::size_t places = 0;
  for (auto at = all.begin(); at != all.end(); ++at, ++places)
    try {
      static_cast<void>(*at);
    } catch (const std::exception&) {
    }
  return places;
}

// 3 cannot be sent.
struct Choosy {
  int value = 0;
  template <class Archive> void save(Archive& to) const { to(value == 3 ? throw std::domain_error("three") : value); }
  template <class Archive> void load(Archive& from) { from(value); }
};
} // namespace

TEMPLATE_TEST_CASE("a stream tells when all that was pulled has ended", "", AND_INLINE) {
  pool<TestType> p{2};
  std::vector<progress> heard;
  const call_options o{.chunksize = GENERATE(std::size_t{0}, std::size_t{1}, std::size_t{20}),
                       .progress = listener{&heard}};
  const auto ended = [&](std::size_t total, std::size_t failed = 0) {
    return !heard.empty() && is_end(std::exchange(heard, {}).back(), total, failed);
  };
  CHECK(drain(p.with(o).imap(no_odd_ones, up_to(100))) == 100);
  CHECK(ended(100, 50));
  CHECK(drain(p.with(o).imap_unordered(as_text, up_to(41))) == 41);
  CHECK(ended(41, 20));
  CHECK(drain(p.with(o).imap(square, std::vector<int>())) == 0);
  CHECK(ended(0));
  std::istringstream text("1 2 3");
  CHECK(drain(p.with(o).imap(square, std::ranges::istream_view<int>(text))) == 3);
  CHECK(ended(3));
  const auto hundred = up_to(100);
  CHECK(drain(p.with(o).imap(square, hundred | std::views::transform([](int x) {
                                       return x < 50 ? x : throw std::range_error("no more");
                                     }))) == 51);
  CHECK(ended(50));
}

TEMPLATE_TEST_CASE("an item of a stream that cannot be sent has failed", "", crosspool::fork) {
  pool<TestType> p{2};
  std::vector<progress> heard;
  CHECK(drain(p.with({.progress = listener{&heard}})
                  .imap([](const Choosy& c) { return c.value; }, std::vector<Choosy>{{1}, {2}, {3}, {4}})) == 4);
  CHECK(is_end(heard.back(), 4, 1));
}

TEMPLATE_TEST_CASE("who waits for a stream or map_reduce for long is told meanwhile", "", POLICIES) {
  pool<TestType> p{2};
  std::vector<progress> heard;
  const auto o = call_options{.chunksize = 1, .progress = listener{&heard}};
  const auto times = std::vector<int>(60, 10);
  const auto known = GENERATE(true, false);
  auto some = times | std::views::filter([](int x) { return x != 0; });
  SECTION("in order") {
    CHECK(drain(known ? p.with(o).imap(work_for, times) : p.with(o).imap(work_for, some)) == 60);
  }
  SECTION("in any order") {
    CHECK(drain(known ? p.with(o).imap_unordered(work_for, times) : p.with(o).imap_unordered(work_for, some)) == 60);
  }
  SECTION("map_reduce") {
    CHECK((known ? p.with(o).map_reduce(work_for, times, std::plus<>(), 0)
                 : p.with(o).map_reduce(work_for, some, std::plus<>(), 0)) == 600);
  }
  REQUIRE(heard.size() >= 2);
  CHECK(is_end(heard.back(), 60));
  if (known)
    CHECK(heard.front().total == 60U);
  CHECK(std::ranges::count_if(heard, [](const auto& each) { return each.done != 0; }) >= 2);
  CHECK(heard.size() <= 2 + static_cast<std::size_t>(heard.back().elapsed / 50ms));
}

TEMPLATE_TEST_CASE("a stream that is left tells nothing more", "", POLICIES) {
  pool<TestType> p{2};
  std::vector<progress> heard;
  for (const int x : p.with({.chunksize = 1, .progress = listener{&heard}})
                         .imap([](int) { return work_for(10); }, std::views::iota(10)))
    if (x != 10 || !heard.empty())
      break;
  REQUIRE(!heard.empty());
  CHECK_FALSE(heard.back().total);
  const auto told = heard.size();
  CHECK(works(p));
  CHECK(heard.size() == told);
}
