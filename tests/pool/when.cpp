// Several futures as one: all, any, each in its turn; of one pool or of several.
#include <crosspool/crosspool.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "gate.hpp"
#include "numbers.hpp"

#define POLICIES crosspool::thread, crosspool::fork, crosspool::spawn

using namespace crosspool;
using namespace std::chrono_literals;

namespace {

void nothing(int) {}
int throw_odd(int x) {
  if (x % 2 == 1)
    throw std::out_of_range(std::to_string(x));
  return x;
}
std::unique_ptr<int> owned(int x) {
  return std::make_unique<int>(x);
}

template <class Pool, class F> auto calls_of(Pool& p, F f, int n) {
  std::vector<decltype(p.apply_async(f, 0))> futures;
  for (int i = 0; i < n; ++i)
    futures.push_back(p.apply_async(f, i));
  return futures;
}

} // namespace

TEMPLATE_TEST_CASE("when_all gives all values in their order, or the error of the lowest that failed", "", POLICIES) {
  pool<TestType> p{3};
  auto f = when_all(calls_of(p, square, 100));
  STATIC_REQUIRE(std::is_same_v<decltype(f), future<std::vector<int>>>);
  const auto squares = f.get();
  REQUIRE(squares.size() == 100);
  for (std::size_t i = 0; i < 100; ++i)
    CHECK(squares[i] == static_cast<int>(i * i));
  CHECK_THROWS_WITH(when_all(calls_of(p, throw_odd, 10)).get(), "1");
  CHECK(*when_all(calls_of(p, owned, 3)).get()[2] == 2);
  auto none = when_all(calls_of(p, nothing, 3));
  STATIC_REQUIRE(std::is_same_v<decltype(none), future<void>>);
  none.get();
  CHECK(when_all(std::vector<future<int>>()).get().empty());
  when_all(std::vector<future<void>>()).get();
  CHECK(when_all(calls_of(p, square, 3)).then([](const std::vector<int>& all) { return all[2]; }).get() == 4);
}

TEMPLATE_TEST_CASE("when_all gives a tuple for futures of different types", "", POLICIES) {
  pool<TestType> p{2};
  auto f = when_all(p.apply_async(square, 4), p.apply_async(nothing, 1), p.apply_async(owned, 5));
  STATIC_REQUIRE(std::is_same_v<decltype(f), future<std::tuple<int, std::monostate, std::unique_ptr<int>>>>);
  const auto [a, b, c] = f.get();
  CHECK(a == 16);
  CHECK(*c == 5);
  static_cast<void>(b);
  CHECK_THROWS_WITH(when_all(p.apply_async(square, 1), p.apply_async(throw_odd, 3), p.apply_async(throw_odd, 5)).get(),
                    "3");
  when_all().get();
}

TEMPLATE_TEST_CASE("to cancel all or any is to cancel each", "", POLICIES) {
  const Gate gate;
  pool<TestType> p{1};
  const auto waiting = [&] {
    std::vector<future<int>> futures;
    for (int i = 0; i < 3; ++i)
      futures.push_back(p.apply_async(pass, gate.path(), i));
    return futures;
  };
  auto all = when_all(waiting());
  CHECK_FALSE(all.ready());
  CHECK(all.cancel());
  CHECK_THROWS_AS(all.get(), cancelled);
  auto any = when_any(waiting());
  CHECK_FALSE(any.ready());
  CHECK(any.cancel());
  CHECK_THROWS_AS(any.get(), cancelled);
  gate.let_through(2); // threads' items go on
  CHECK(p.apply(square, 3) == 9);
}

TEMPLATE_TEST_CASE("any gives the one that is ready first", "", POLICIES) {
  const Gate gate, other;
  pool<TestType> p{2};
  std::vector<future<int>> futures;
  futures.push_back(p.apply_async(pass, gate.path(), 1));
  futures.push_back(p.apply_async(pass, other.path(), 2));
  std::thread later([&] { other.let_through(1); });
  CHECK(wait_any(futures) == 1);
  CHECK_FALSE(futures[0].ready());
  CHECK(wait_any(futures) == 1);
  later.join();
  auto got = when_any(std::move(futures)).get();
  CHECK(got.index == 1);
  REQUIRE(got.futures.size() == 2);
  CHECK(got.futures[1].get() == 2);
  got.futures.pop_back();
  auto last = when_any(std::move(got.futures)).then([](when_any_result<int> r) {
    return std::move(r.futures[r.index]);
  });
  STATIC_REQUIRE(std::is_same_v<decltype(last), future<int>>);
  gate.let_through(1);
  CHECK(last.get() == 1);
}

TEMPLATE_TEST_CASE("as_completed gives each once, in the order in which they become ready", "", POLICIES) {
  const Gate gate;
  pool<TestType> p{2};
  auto futures = calls_of(p, square, 50);
  futures.insert(futures.begin(), p.apply_async(pass, gate.path(), 1000));
  std::vector<int> seen(51);
  int before = 0;
  for (auto& f : as_completed(std::move(futures))) {
    CHECK(f.ready());
    ++seen[f.index()];
    if (++before == 50)
      gate.let_through(1); // all but the first have been
    CHECK(f.get() == (f.index() == 0 ? 1000 : square(static_cast<int>(f.index()) - 1)));
  }
  CHECK(seen == std::vector<int>(51, 1));
  for (auto& f : as_completed(std::vector<future<int>>()))
    FAIL(f.get());
}

TEMPLATE_TEST_CASE("as_completed goes on after errors, and can be left or cancelled midway", "", POLICIES) {
  const Gate gate;
  pool<TestType> p{2};
  int errors = 0, values = 0;
  for (auto& f : as_completed(calls_of(p, throw_odd, 10)))
    try {
      f.get();
      ++values;
    } catch (const std::out_of_range&) {
      ++errors;
    }
  CHECK(errors == 5);
  CHECK(values == 5);

  std::vector<future<int>> futures;
  futures.push_back(p.apply_async(square, 2));
  for (int i = 0; i < 20; ++i)
    futures.push_back(p.apply_async(pass, gate.path(), i));
  auto all = as_completed(std::move(futures));
  int cancellations = 0;
  for (auto& f : all)
    if (f.index() == 0) {
      all.cancel();
      CHECK(f.get() == 4);
    } else {
      CHECK_THROWS_AS(f.get(), cancelled);
      ++cancellations;
    }
  CHECK(cancellations == 20);
  gate.let_through(2);

  auto left = as_completed(calls_of(p, square, 20));
  CHECK((*left.begin()).valid());
}

TEMPLATE_TEST_CASE("timed items end in time for whoever waits for several", "", POLICIES) {
  const Gate gate;
  pool<TestType> p{2};
  std::vector<future<int>> futures;
  for (int i = 0; i < 2; ++i)
    futures.push_back(p.with({.timeout = 10ms}).apply_async(pass, gate.path(), i));
  CHECK(wait_any(futures) < 2);
  int timed_out = 0;
  for (auto& f : as_completed(std::move(futures)))
    try {
      f.get();
    } catch (const task_timed_out&) {
      ++timed_out;
    }
  CHECK(timed_out == 2);
  gate.let_through(2);
}

TEST_CASE("futures of several pools and of continuations wait side by side") {
  pool<crosspool::thread> a{1};
  pool<crosspool::fork> b{1};
  pool<crosspool::spawn> c{1};
  const auto some = [&] {
    std::vector<future<int>> futures;
    for (int i = 0; i < 30; i += 3) {
      futures.push_back(a.apply_async(square, i));
      futures.push_back(b.apply_async(square, i + 1).then([](int x) { return x; }));
      futures.push_back(c.apply_async(square, i + 2));
    }
    return futures;
  };
  int count = 0;
  for (auto& f : as_completed(some())) {
    CHECK(f.get() == square(static_cast<int>(f.index())));
    ++count;
  }
  CHECK(count == 30);
  CHECK(when_all(some()).get()[29] == 29 * 29);
  auto first = when_any(some()).get();
  CHECK(first.futures[first.index].get() == square(static_cast<int>(first.index)));
  // In a continuation, which is not to keep others from running.
  CHECK(a.apply_async(square, 1)
            .then([&](int) {
              int sum = 0;
              for (auto& f : as_completed(some()))
                sum += f.get();
              auto again = some();
              return sum + (wait_any(again) < 30 ? 1 : 0);
            })
            .get() == 8555 + 1);
}

TEST_CASE("a range of futures is an input range, and moves") {
  STATIC_REQUIRE(std::ranges::input_range<completed_futures<int>>);
  STATIC_REQUIRE(std::ranges::view<completed_futures<int>>);
  STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<completed_futures<int>>);
  pool<crosspool::thread> p{2};
  int sum = 0;
  std::ranges::for_each(as_completed(calls_of(p, square, 4)), [&](auto& f) { sum += f.get(); });
  CHECK(sum == 14);
  std::vector<future<int>> kept;
  for (auto& f : as_completed(calls_of(p, square, 4)))
    kept.push_back(std::move(f));
  CHECK(when_all(kept).get().size() == 4);
}

TEST_CASE("there must be futures, and they must be valid") {
  std::vector<future<int>> none, invalid(1);
  CHECK_THROWS_AS(wait_any(none), std::invalid_argument);
  CHECK_THROWS_AS(when_any(none), std::invalid_argument);
  CHECK_THROWS_AS(wait_any(invalid), std::future_error);
  CHECK_THROWS_AS(when_any(std::vector<future<int>>(1)), std::future_error);
  CHECK_THROWS_AS(when_all(std::vector<future<int>>(1)), std::future_error);
  CHECK_THROWS_AS(when_all(future<int>()), std::future_error);
  CHECK_THROWS_AS(as_completed(std::vector<future<int>>(1)), std::future_error);
}
