// What whoever knows other pools tries first, of each verb and policy: the plain loop's results, nothing, what fails,
// many workers, an end with much to do.
#include <crosspool/crosspool.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "journal.hpp"
#include "numbers.hpp"

#define POLICIES crosspool::thread, crosspool::fork, crosspool::spawn
#define ALL_POLICIES POLICIES, inline_as<crosspool::thread>, inline_as<crosspool::fork>

using namespace crosspool;

namespace {

std::vector<int> squares(int n) {
  auto all = up_to(n);
  for (auto& each : all)
    each = square(each);
  return all;
}
int throw_at_three(int x) {
  return x == 3 ? throw std::out_of_range("three") : x;
}
int wait_forever(const std::string& path, int x) {
  note(path, 'x');
  wait_at_gate(path);
  return x;
}

// Counts the objects of this process.
struct Counted {
  Counted() { ++alive; }
  explicit Counted(int x) : value(x) { ++alive; }
  Counted(const Counted& other) : value(other.value) { ++alive; }
  Counted& operator=(const Counted&) = default;
  ~Counted() { --alive; }
  template <class Archive> void serialize(Archive& archive) { archive(value); }

  int value = 0;
  inline static std::atomic<int> alive = 0;
};
Counted counted(int x) {
  return x == 3 ? throw std::out_of_range("three") : Counted(x);
}

} // namespace

TEMPLATE_TEST_CASE("each verb equals the plain loop at any chunk size", "", ALL_POLICIES) {
  pool<TestType> p{2};
  const auto xs = up_to(300), expected = squares(300);
  std::vector<std::tuple<int>> rows(xs.begin(), xs.end());
  for (const std::size_t chunksize : {1U, 20U, 100U}) {
    auto with = p.with({.chunksize = chunksize});
    CHECK(with.map(square, xs) == expected);
    CHECK(with.starmap(square, rows) == expected);
    CHECK(with.map_async(square, xs).get() == expected);
    CHECK(with.apply(square, 7) == 49);
    CHECK(with.apply_async(square, 7).get() == 49);
    const auto outcomes = with.try_map(square, xs);
    CHECK(std::ranges::equal(outcomes, expected, {}, [](const auto& each) { return each.value(); }));
    CHECK(std::ranges::equal(with.imap(square, xs), expected));
    CHECK(with.map_reduce(square, xs, std::plus<>(), 0) == 8955050);
  }
}

TEMPLATE_TEST_CASE("nothing to do is done by each verb", "", ALL_POLICIES) {
  pool<TestType> p{2};
  const std::vector<int> none;
  for (const std::size_t chunksize : {0U, 1U, 20U}) {
    auto with = p.with({.chunksize = chunksize});
    CHECK(with.map(square, none).empty());
    CHECK(with.starmap(square, std::vector<std::tuple<int>>()).empty());
    CHECK(with.map_async(square, none).get().empty());
    CHECK(with.try_map(square, none).empty());
    CHECK(std::ranges::distance(with.imap(square, none)) == 0);
    CHECK(std::ranges::distance(with.imap_unordered(square, none)) == 0);
    CHECK(with.map_reduce(square, none, std::plus<>(), 5) == 5);
  }
}

TEMPLATE_TEST_CASE("a range that throws, first, midway or in a chunk, throws it from each verb", "", ALL_POLICIES) {
  pool<TestType> p{2};
  for (const int at : {0, 1, 50, 99})
    for (const std::size_t chunksize : {0U, 1U, 20U, 100U}) {
      const auto xs = up_to(100);
      const auto checked = [at](int x) { return x != at ? x : throw std::length_error("broken"); };
      auto broken = xs | std::views::transform(checked);
      auto rows = xs | std::views::transform([&](int x) { return std::tuple(checked(x)); });
      auto with = p.with({.chunksize = chunksize});
      CHECK_THROWS_AS(with.map(square, broken), std::length_error);
      CHECK_THROWS_AS(with.try_map(square, broken), std::length_error);
      CHECK_THROWS_AS(with.starmap(square, rows), std::length_error);
      CHECK_THROWS_AS(with.map_async(square, broken), std::length_error);
      CHECK_THROWS_AS(with.map_reduce(square, broken, std::plus<>(), 0), std::length_error);
    }
  CHECK(works(p));
}

TEMPLATE_TEST_CASE("an item that fails keeps neither close nor join from their work", "", ALL_POLICIES) {
  pool<TestType> p{2};
  CHECK_THROWS_AS(p.apply(throw_at_three, 3), std::out_of_range);
  CHECK_THROWS_AS(p.map(throw_at_three, up_to(10)), std::out_of_range);
  auto one = p.apply_async(throw_at_three, 3);
  auto several = p.map_async(throw_at_three, up_to(10));
  auto right = p.map_async(square, up_to(10));
  p.close();
  p.join();
  CHECK_THROWS_AS(one.get(), std::out_of_range);
  CHECK_THROWS_AS(several.get(), std::out_of_range);
  CHECK(right.get() == squares(10));
}

TEMPLATE_TEST_CASE("results and errors are let go of with what holds them", "", ALL_POLICIES) {
  {
    pool<TestType> p{2};
    CHECK(p.map(counted, {1, 2}).size() == 2);
    CHECK(Counted::alive == 0);
    CHECK_THROWS_AS(p.map(counted, up_to(100)), std::out_of_range);
    CHECK(p.try_map(counted, up_to(100)).size() == 100);
    CHECK(Counted::alive == 0);
    for (auto s = p.imap(counted, std::views::iota(0)); Counted & each : s)
      if (each.value == 2)
        break;
    static_cast<void>(p.map_async(counted, up_to(3)));
    static_cast<void>(p.apply_async(counted, 1).then([](Counted c) { return c; }));
    auto cancelled_call = p.map_async(counted, up_to(3));
    cancelled_call.cancel();
  }
  CHECK(Counted::alive == 0);
}

TEMPLATE_TEST_CASE("a pool can be terminated with 10000 items that do not end", "", POLICIES) {
  const journal begun;
  pool<TestType> p{2};
  std::vector<future<int>> futures;
  for (int i = 0; i < 10'000; ++i)
    futures.push_back(p.apply_async(wait_forever, begun.path(), i));
  begun.wait_for_notes(2);
  p.terminate();
  begun.open_gate(); // for threads, which finish what they are at
  p.join();
  int finished = 0;
  for (auto& each : futures)
    try {
      each.get();
      ++finished;
    } catch (const cancelled&) {
    }
  CHECK(finished <= (TestType::arguments == crossing::shared ? 2 : 0));
}

TEMPLATE_TEST_CASE("many workers all work", "", POLICIES) {
  const int workers = GENERATE(64, 200);
  pool<TestType> p{workers};
  CHECK(p.workers() == workers);
  const auto xs = up_to(10'000);
  CHECK(p.map(square, xs) == squares(10'000));
  const auto ids = p.with({.chunksize = 1}).map([](int) { return this_worker::id(); }, xs);
  CHECK(std::ranges::all_of(ids, [&](int id) { return id >= 0 && id < workers; }));
  CHECK(std::ranges::all_of(p.stats().workers, [](const auto& each) { return each.restarts == 0; }));
}
