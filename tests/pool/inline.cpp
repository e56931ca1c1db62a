// Pools without workers: the verbs in the calling thread, with the checks and the trip through bytes of the policy that
// they stand in for.
#include <crosspool/crosspool.hpp>

#include <chrono>
#include <future>
#include <list>
#include <memory>
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

#define INLINE_POLICIES inline_as<crosspool::thread>, inline_as<crosspool::fork>, inline_as<crosspool::spawn>

using namespace crosspool;
using namespace std::chrono_literals;

namespace {

std::vector<int> squares_up_to(int n) {
  auto all = up_to(n);
  for (auto& each : all)
    each *= each;
  return all;
}
std::string join(int a, const std::string& b, double c) {
  return std::to_string(a) + b + std::to_string(static_cast<int>(c));
}
std::unique_ptr<int> increment(std::unique_ptr<int> p) {
  ++*p;
  return p;
}
struct Scale {
  int factor;
  int operator()(int x) const { return factor * x; }
};

// Its load forgets a member.
struct Forgetful {
  int kept = 0, forgotten = 0;
  template <class Archive> void save(Archive& archive) const { archive(kept); }
  template <class Archive> void load(Archive& archive) { archive(kept); }
};
// Cannot be read.
struct Unreadable {
  template <class Archive> void save(Archive& archive) const { archive(1); }
  template <class Archive> void load(Archive&) { throw std::underflow_error("it ends early"); }
};

int set_up = 0;
void count_up(int by) {
  set_up += by;
}

class Derived : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

} // namespace

TEMPLATE_TEST_CASE("an inline pool's verbs do what others' do", "", INLINE_POLICIES) {
  pool<TestType> p;
  CHECK(p.workers() == 1);
  for (const int n : {0, 1, 7, 1000}) {
    const auto xs = up_to(n);
    CHECK(p.map(square, xs) == squares_up_to(n));
    for (const std::size_t chunksize : {1U, 20U, 100U, 5000U}) {
      CHECK(p.with({.chunksize = chunksize}).map(square, xs) == squares_up_to(n));
      CHECK(p.with({.chunksize = chunksize}).map(square, std::list(xs.begin(), xs.end())) == squares_up_to(n));
    }
    CHECK(p.map_async(square, xs).get() == squares_up_to(n));
    CHECK(p.try_map(square, xs).size() == xs.size());
  }
  std::istringstream text("1 2 3");
  CHECK(p.map(square, std::ranges::istream_view<int>(text)) == std::vector{1, 4, 9});
  CHECK(p.map(Scale{3}, {1, 2}) == std::vector{3, 6});
  CHECK(p.map(crosspool::bind([](const std::vector<int>& v, int x) { return v[1] * x; }, std::vector{5, 6}),
              std::views::iota(0, 3)) == std::vector{0, 6, 12});
  CHECK(p.map(join, up_to(2), std::vector<std::string>{"a", "b"}, std::vector{1.0, 2.0, 3.0}) ==
        std::vector<std::string>{"0a1", "1b2"});
  const std::vector<std::tuple<int, std::string, double>> rows{{1, "x", 2.0}, {3, "y", 4.0}};
  CHECK(p.starmap(join, rows) == std::vector<std::string>{"1x2", "3y4"});
  CHECK(p.apply(join, 1, "a", 2.0) == "1a2");
  CHECK(p.apply_async(square, 9).get() == 81);
  CHECK(p.map([](std::span<const double> v) { return v.size(); }, std::vector<std::vector<double>>{{1, 2}, {}}) ==
        std::vector<std::size_t>{2, 0});
}

TEMPLATE_TEST_CASE("an inline pool takes void functions and what can only be moved", "", INLINE_POLICIES) {
  pool<TestType> p;
  p.map([](int) {}, up_to(10));
  p.apply([] {});
  p.map_async([](int) {}, up_to(3)).get();
  CHECK(p.try_map([](int) {}, up_to(3)).size() == 3);
  std::vector<std::unique_ptr<int>> pointers;
  for (int i = 0; i < 20; ++i)
    pointers.push_back(std::make_unique<int>(i));
  CHECK(*p.map(increment, std::move(pointers))[19] == 20);
  CHECK(*p.apply_async(increment, std::make_unique<int>(2)).get() == 3);
}

TEMPLATE_TEST_CASE("an inline pool runs tasks in the calling thread, as worker 0, and before the call returns", "",
                   INLINE_POLICIES) {
  pool<TestType> p;
  static std::thread::id caller;
  caller = std::this_thread::get_id();
  const auto here = [] { return this_worker::id() == 0 && std::this_thread::get_id() == caller; };
  CHECK(p.apply(here));
  CHECK(this_worker::id() == -1);
  auto f = p.apply_async(here);
  CHECK(f.ready());
  CHECK(f.wait_for(0s) == std::future_status::ready);
  CHECK_FALSE(f.cancel());
  CHECK(f.get());
  CHECK(pool<crosspool::thread>{1}.apply([] {
    const auto outside = this_worker::id();
    inline_pool<> inner;
    return inner.apply([] { return this_worker::id(); }) == 0 && this_worker::id() == outside;
  }));
}

TEMPLATE_TEST_CASE("an inline pool throws the error of the lowest item that failed, and goes on", "", INLINE_POLICIES) {
  pool<TestType> p;
  for (const std::size_t chunksize : {0U, 1U, 20U})
    CHECK_THROWS_AS(p.with({.chunksize = chunksize}).map(throw_at_three_and_seven, up_to(10)), std::out_of_range);
  CHECK_THROWS_WITH(p.map(throw_at_three_and_seven, std::vector{7, 3}), "seven");
  const auto outcomes = p.try_map(throw_at_three_and_seven, up_to(10));
  CHECK_THROWS_AS(outcomes[3].value(), std::out_of_range);
  CHECK_THROWS_AS(outcomes[7].value(), std::domain_error);
  CHECK(outcomes[9].value() == 9);
  auto f = p.apply_async(throw_at_three_and_seven, 3);
  CHECK_THROWS_AS(f.get(), std::out_of_range);
  const auto xs = up_to(100);
  auto broken = xs | std::views::transform([](int x) { return x < 60 ? x : throw std::length_error("at 60"); });
  CHECK_THROWS_AS(p.map(square, broken), std::length_error);
  CHECK(works(p));
}

TEMPLATE_TEST_CASE("an inline pool of processes sends bytes", "", inline_as<crosspool::fork>,
                   inline_as<crosspool::spawn>) {
  pool<TestType> p;
  const Forgetful whole{1, 2};
  CHECK(p.apply([](const Forgetful& f) { return f.kept * 10 + f.forgotten; }, whole) == 10);
  CHECK(p.apply([] { return Forgetful{1, 2}; }).forgotten == 0);
  CHECK(p.map(crosspool::bind([](const Forgetful& f, int) { return f.forgotten; }, whole), {1}) == std::vector{0});
  CHECK_THROWS_AS(p.map([](const Unreadable&) { return 1; }, std::vector<Unreadable>(2)), std::underflow_error);
  CHECK_THROWS_AS(p.apply([] { return Unreadable(); }), std::underflow_error);
  try {
    p.apply([] { throw Derived("what it said"); });
    FAIL("no exception");
  } catch (const remote_error& e) {
    CHECK_THAT(e.type(), ContainsSubstring("Derived"));
    CHECK(std::string(e.what()) == "what it said");
  }
  CHECK(works(p));
}

TEMPLATE_TEST_CASE("with fail_fast, an inline pool begins nothing after an error", "", inline_as<crosspool::thread>,
                   inline_as<crosspool::fork>) {
  pool<TestType> p;
  auto with = p.with({.fail_fast = true});
  CHECK_THROWS_AS(with.map(throw_at_three_and_seven, up_to(100)), std::out_of_range);
  const auto outcomes = with.try_map(throw_at_three_and_seven, up_to(100));
  REQUIRE(outcomes.size() == 100);
  CHECK(*outcomes[2] == 2);
  CHECK_THROWS_AS(outcomes[3].value(), std::out_of_range);
  CHECK_THROWS_AS(outcomes[4].value(), cancelled);
  CHECK_THROWS_AS(outcomes[99].value(), cancelled);
  CHECK(works(p));
}

TEMPLATE_TEST_CASE("an inline pool of processes says how many bytes it sends", "", inline_as<crosspool::fork>,
                   inline_as<crosspool::spawn>) {
  pool<TestType> p;
  CHECK(p.stats().workers.at(0).bytes_sent == 0);
  const std::string text(1000, 'x');
  p.map([](const std::string& s) { return s + s; }, std::vector(10, text));
  const auto once = p.stats().workers.at(0);
  CHECK(once.bytes_sent >= 10'000);
  CHECK(once.bytes_sent < 12'000);
  CHECK(once.bytes_received >= 20'000);
  CHECK(once.bytes_received < 22'000);
  p.map([](const std::string& s) { return s + s; }, std::vector(10, text));
  CHECK(p.stats().workers.at(0).bytes_received == 2 * once.bytes_received);
  inline_pool<> of_threads;
  of_threads.apply(square, 1);
  CHECK(of_threads.stats().workers.at(0).bytes_sent == 0);
}

TEST_CASE("an inline pool of threads shares") {
  inline_pool<> p;
  std::vector<int> xs = up_to(5);
  int sum = 0;
  p.map(
      [&](int& x) {
        sum += x;
        x = 0;
      },
      xs);
  CHECK(sum == 10);
  CHECK(xs == std::vector<int>(5));
  CHECK_THROWS_AS(p.apply([] { throw Derived("itself"); }), Derived);
}

TEST_CASE("an inline pool accepts what its policy accepts") {
  STATIC_REQUIRE(policy<inline_as<crosspool::fork>>);
  STATIC_REQUIRE(inline_as<crosspool::fork>::name == "inline as fork");
  STATIC_REQUIRE_FALSE(mappable<inline_as<crosspool::fork>, void (*)(const int*), const int*>);
  STATIC_REQUIRE(mappable<inline_as<crosspool::thread>, void (*)(const int*), const int*>);
}

TEMPLATE_TEST_CASE("an inline pool's initializer runs once, in the thread that makes it", "", INLINE_POLICIES) {
  set_up = 0;
  pool<TestType> p{3, count_up, 42};
  CHECK(set_up == 42);
  CHECK(p.apply([] { return set_up; }) == 42);
  try {
    pool<TestType> q{1, [](int) { throw std::domain_error("no such model"); }, 1};
    FAIL("no exception");
  } catch (const start_failed& e) {
    CHECK_THAT(e.what(), ContainsSubstring("worker 0") && ContainsSubstring("std::domain_error: no such model"));
  }
  CHECK(this_worker::id() == -1);
}

TEST_CASE("an initializer gets its arguments as from the policy") {
  int local = 0;
  const inline_pool<crosspool::fork> inherits{1, [](int* p) { *p = 7; }, &local};
  CHECK(local == 7);
  const inline_pool<crosspool::spawn> reads{1, [](const Forgetful& f) { set_up = f.kept * 10 + f.forgotten; },
                                            Forgetful{1, 2}};
  CHECK(set_up == 10);
}

namespace {
int factorial(inline_pool<crosspool::thread>* p, int n) {
  return n <= 1 ? 1 : n * p->apply(factorial, p, n - 1);
}
inline_pool<crosspool::fork>* nested = nullptr;
int sum_below(int n) {
  int sum = n;
  if (n > 0)
    for (const int each : nested->map(sum_below, up_to(n)))
      sum += each;
  return sum;
}
} // namespace

TEST_CASE("a task may call the inline pool that runs it") {
  inline_pool<> shares;
  CHECK(shares.apply(factorial, &shares, 6) == 720);
  inline_pool<crosspool::fork> p;
  nested = &p;
  CHECK(p.apply(sum_below, 1) == 1);
  CHECK(p.apply(sum_below, 6) == 63);
  CHECK(works(p));
}

TEMPLATE_TEST_CASE("several threads may call an inline pool", "", INLINE_POLICIES) {
  pool<TestType> p;
  std::vector<std::future<bool>> callers;
  for (int t = 0; t < 4; ++t)
    callers.push_back(std::async(std::launch::async, [&] {
      bool right = true;
      for (int i = 0; i < 20; ++i)
        right = right && p.map(square, up_to(30)) == squares_up_to(30);
      return right;
    }));
  for (auto& each : callers)
    CHECK(each.get());
}

TEMPLATE_TEST_CASE("an item of an inline pool that was late has timed out", "", INLINE_POLICIES) {
  pool<TestType> p{{.task_timeout = 1ms}};
  const auto late_at_two = [](int x) {
    const auto begun = std::chrono::steady_clock::now();
    while (x == 2 && std::chrono::steady_clock::now() - begun <= 1ms) {
    }
    return x;
  };
  const auto outcomes = p.try_map(late_at_two, up_to(5));
  REQUIRE(outcomes.size() == 5);
  CHECK_THROWS_AS(outcomes[2].value(), task_timed_out);
  CHECK(p.with({.timeout = 1h}).map(late_at_two, up_to(5)) == up_to(5));
  CHECK_THROWS_AS(p.map_async(late_at_two, std::vector{2}).get(), task_timed_out);
}

TEMPLATE_TEST_CASE("an inline pool closes and terminates", "", INLINE_POLICIES) {
  pool<TestType> p;
  CHECK_THROWS_AS(p.join(), error);
  auto f = p.map_async(square, up_to(10));
  p.close();
  CHECK_THROWS_AS(p.map(square, up_to(3)), pool_closed);
  CHECK_THROWS_AS(p.apply_async(square, 3), pool_closed);
  p.join();
  CHECK(f.get() == squares_up_to(10));
  p.close();
  p.terminate();
  p.join();
  CHECK_THROWS_AS(pool<TestType>(0), std::invalid_argument);
  future<int> outlives;
  {
    pool<TestType> q;
    outlives = q.apply_async(square, 4);
  }
  CHECK(outlives.get() == 16);
}

namespace {
// Of the pool under test, for tasks that know no pool.
void (*terminate_it)() = nullptr;
void (*join_it)() = nullptr;
template <class Pool> Pool* under_test = nullptr;
template <class Pool> int descend(int depth) {
  if (depth != 0)
    return 1 + under_test<Pool>->apply(descend<Pool>, depth - 1);
  const auto end = std::chrono::steady_clock::now() + 5ms;
  while (std::chrono::steady_clock::now() < end) {
  }
  return 0;
}
} // namespace

TEMPLATE_TEST_CASE("a task may end the inline pool that runs it", "", INLINE_POLICIES) {
  pool<TestType> p;
  under_test<pool<TestType>> = &p;
  terminate_it = [] { under_test<pool<TestType>>->terminate(); };
  join_it = [] {
    under_test<pool<TestType>>->close();
    under_test<pool<TestType>>->join();
  };
  SECTION("what is not running yet ends as cancelled") {
    const auto end_at_two = [](int x) {
      if (x == 2)
        terminate_it();
      return x;
    };
    for (const std::size_t chunksize : {0U, 1U, 20U}) {
      pool<TestType> q;
      under_test<pool<TestType>> = &q;
      const auto outcomes = q.with({.chunksize = chunksize}).try_map(end_at_two, up_to(1000));
      REQUIRE(outcomes.size() == 1000);
      CHECK(outcomes[1].value() == 1);
      CHECK_THROWS_AS(outcomes[999].value(), cancelled);
      CHECK_THROWS_AS(q.apply(square, 1), pool_closed);
      q.join();
    }
  }
  SECTION("it cannot wait for itself") {
    CHECK_THROWS_AS(p.apply([] { join_it(); }), error);
    CHECK_THROWS_AS(p.apply(square, 1), pool_closed);
    p.join();
  }
}

TEMPLATE_TEST_CASE("an inline pool is busy once, however many calls deep", "", INLINE_POLICIES) {
  const auto begin = std::chrono::steady_clock::now();
  pool<TestType> p;
  under_test<pool<TestType>> = &p;
  CHECK(p.apply(descend<pool<TestType>>, 20) == 20);
  const auto worker = p.stats().workers.front();
  CHECK(worker.tasks == 21);
  CHECK(worker.busy >= 5ms);
  CHECK(worker.waiting >= 0ms);
  CHECK(worker.busy + worker.waiting <= std::chrono::steady_clock::now() - begin);
}

TEMPLATE_TEST_CASE("join waits for other threads' calls of an inline pool", "", INLINE_POLICIES) {
  pool<TestType> p;
  static std::promise<void> begun, go_on;
  begun = std::promise<void>();
  go_on = std::promise<void>();
  auto result = std::async(std::launch::async, [&] {
    return p.apply(
        [](int x) {
          begun.set_value();
          go_on.get_future().wait();
          return x;
        },
        5);
  });
  begun.get_future().wait();
  p.close();
  auto joined = std::async(std::launch::async, [&] { p.join(); });
  CHECK(joined.wait_for(0s) == std::future_status::timeout);
  go_on.set_value();
  joined.get();
  CHECK(result.get() == 5);
}

TEST_CASE("tasks of an inline pool get the state that its initializer returned, in whichever thread they run") {
  crosspool::pool p{inline_as<crosspool::fork>{}, 1, [](int start) { return start; }, 40};
  const auto count = [](int& state, int x) { return state += x; };
  CHECK(p.map(count, std::vector{1, 1}) == std::vector{41, 42});
  int seen = 0;
  std::thread([&] { seen = p.apply(count, 1); }).join();
  CHECK(seen == 43);
}

TEST_CASE("what is broadcast to an inline pool of processes is read from bytes, by each thread that calls") {
  inline_pool<crosspool::fork> p;
  const auto handle = p.broadcast(Forgetful{1, 2});
  const auto look = [](const broadcasted<Forgetful>& f) { return f->kept * 10 + f->forgotten; };
  CHECK(p.apply(look, handle) == 10);
  std::vector<std::future<int>> callers;
  for (int t = 0; t < 4; ++t)
    callers.push_back(std::async(std::launch::async, [&] { return p.apply(look, handle); }));
  for (auto& each : callers)
    CHECK(each.get() == 10);
  CHECK_THROWS_AS(*handle, error);
}

TEMPLATE_TEST_CASE("join runs an inline pool's exit function in its thread", "", INLINE_POLICIES) {
  static std::thread::id ran_in;
  ran_in = {};
  pool<TestType> p;
  auto results = p.at_exit([] { ran_in = std::this_thread::get_id(); });
  CHECK(works(p));
  p.close();
  CHECK(ran_in == std::thread::id());
  p.join();
  CHECK(ran_in == std::this_thread::get_id());
  CHECK(results.get().size() == 1);
  CHECK(this_worker::id() == -1);
}

TEMPLATE_TEST_CASE("an inline pool's exit function cannot join the pool", "", INLINE_POLICIES) {
  pool<TestType> p;
  under_test<pool<TestType>> = &p;
  auto results = p.at_exit([] { under_test<pool<TestType>>->join(); });
  p.close();
  p.join();
  const auto found = results.get();
  REQUIRE(found.size() == 1);
  CHECK_THROWS_AS(found[0].value(), error);
}

TEST_CASE("an inline pool's exit function that was late has timed out, where a process's would have") {
  const auto last = [] {
    const auto begun = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - begun <= 1ms) {
    }
  };
  inline_pool<crosspool::fork> p{{.task_timeout = 1ms}};
  auto results = p.at_exit(last);
  p.close();
  p.join();
  CHECK_THROWS_AS(results.get().at(0).value(), task_timed_out);
}
