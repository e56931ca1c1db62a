// What then() is given gets the value, or the error, once, whatever becomes of the call and its pool.
#include <crosspool/crosspool.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "child.hpp"
#include "gate.hpp"
#include "numbers.hpp"

#define POLICIES crosspool::thread, crosspool::fork, crosspool::spawn

using namespace crosspool;
using namespace std::chrono_literals;

namespace {

void nothing(int) {}
int throw_it(int x) {
  throw std::out_of_range(std::to_string(x));
}
std::unique_ptr<int> owned(int x) {
  return std::make_unique<int>(x);
}

template <class F, class G>
concept can_continue = requires(F f, G g) { f.then(g); };

} // namespace

TEMPLATE_TEST_CASE("then gives the value on and its future what becomes of it", "", POLICIES) {
  pool<TestType> p{2};
  auto f = p.apply_async(square, 3);
  auto g = f.then([](int x) { return std::to_string(x); });
  STATIC_REQUIRE(std::is_same_v<decltype(g), future<std::string>>);
  CHECK_FALSE(f.valid());
  CHECK_THROWS_AS(f.then([](int) {}), std::future_error);
  CHECK(g.get() == "9");
  CHECK(p.map_async(square, up_to(4)).then([](std::vector<int>&& all) { return all.size(); }).get() == 4);
  // A template is not asked whether it would take an outcome; a reference is not kept.
  CHECK(p.apply_async(square, 2).then([](auto x) { return x + 1; }).get() == 5);
  static const int seven = 7;
  auto referred = p.apply_async(square, 2).then([](int) -> const int& { return seven; });
  STATIC_REQUIRE(std::is_same_v<decltype(referred), future<int>>);
  CHECK(referred.get() == 7);
  CHECK(p.apply_async(square, 2).then(square).then(&square).get() == 256);
  STATIC_REQUIRE_FALSE(can_continue<future<int>, void (*)()>);
  STATIC_REQUIRE_FALSE(can_continue<future<void>, int (*)(int)>);
  STATIC_REQUIRE(can_continue<future<void>, void (*)()>);
}

TEMPLATE_TEST_CASE("then takes and gives what can only be moved, and nothing", "", POLICIES) {
  pool<TestType> p{2};
  auto kept = std::make_unique<int>(40);
  auto f = p.apply_async(owned, 2).then([kept = std::move(kept)](std::unique_ptr<int> x) {
    *x += *kept;
    return x;
  });
  CHECK(*f.get() == 42);
  auto g = p.apply_async(nothing, 1).then([] { return 5; }).then([](int) {});
  STATIC_REQUIRE(std::is_same_v<decltype(g), future<void>>);
  g.get();
  CHECK(p.map_async(nothing, up_to(3)).then([](outcome<std::monostate> o) { return o.has_value(); }).get());
}

TEMPLATE_TEST_CASE("an error passes by what takes a value, and arrives where an outcome is taken", "", POLICIES) {
  pool<TestType> p{2};
  bool called = false;
  const auto note = [&](int x) {
    called = true;
    return x;
  };
  CHECK_THROWS_AS(p.apply_async(throw_it, 3).then(note).then(note).get(), std::out_of_range);
  CHECK_FALSE(called);
  const auto see = [](outcome<int> o) { return o ? *o : -1; };
  CHECK(p.apply_async(throw_it, 3).then(note).then(see).get() == -1);
  CHECK(p.apply_async(square, 3).then(note).then(see).get() == 9);
  CHECK(called);
  // What a continuation throws is its future's error.
  auto f = p.apply_async(square, 3).then([](int) -> int { throw std::domain_error("mine"); });
  CHECK_THROWS_WITH(f.get(), "mine");
}

TEMPLATE_TEST_CASE("a continuation may use the pool, wait, and return a future", "", POLICIES) {
  pool<TestType> p{2};
  auto waits = p.apply_async(square, 2).then([&](int x) {
    auto inner = p.apply_async(square, x).then([](int y) { return y + 1; });
    return inner.get() + p.apply(square, 10);
  });
  CHECK(waits.get() == 117);
  auto returns = p.apply_async(square, 2).then([&](int x) { return p.apply_async(square, x).then(square); });
  STATIC_REQUIRE(std::is_same_v<decltype(returns), future<int>>);
  CHECK(returns.get() == 256);
  CHECK_THROWS_AS(p.apply_async(square, 2).then([&](int x) { return p.apply_async(throw_it, x); }).get(),
                  std::out_of_range);
  CHECK_THROWS_AS(p.apply_async(square, 2).then([](int) { return future<int>(); }).get(), std::future_error);
  // Deep down: each waits for one that has not begun.
  std::atomic<int> depth = 0;
  std::function<int(int)> descend = [&](int n) {
    ++depth;
    return n == 0 ? 0 : 1 + p.apply_async(square, n - 1).then([&, n](int) { return descend(n - 1); }).get();
  };
  CHECK(p.apply_async(square, 1).then([&](int) { return descend(20); }).get() == 20);
  CHECK(depth == 21);
}

TEMPLATE_TEST_CASE("a continuation may wait for one of which another waits", "", POLICIES) {
  const Gate gate;
  pool<TestType> p{2};
  auto slow = p.apply_async(pass, gate.path(), 1).then(square);
  std::atomic<bool> waits = false;
  auto first = p.apply_async(square, 1).then([&](int) {
    waits = true;
    waits.notify_all();
    return slow.get();
  });
  waits.wait(false);
  auto second = p.apply_async(square, 2).then([&](int x) { return x + first.get(); });
  auto third = p.apply_async(square, 3); // ends while both wait
  CHECK(third.then([](int x) { return x; }).get() == 9);
  gate.let_through(1);
  CHECK(second.get() == 5);
}

TEMPLATE_TEST_CASE("continuations run one at a time, each once, 10000 in flight", "", POLICIES) {
  pool<TestType> p{3};
  std::vector<int> seen(10000);
  std::atomic<int> inside = 0, overlaps = 0;
  std::vector<future<void>> futures;
  for (int i = 0; i < 10000; ++i)
    futures.push_back(p.apply_async([](int x) { return x; }, i).then([&](int x) {
      overlaps += inside++;
      ++seen[static_cast<std::size_t>(x)];
      --inside;
    }));
  for (auto& each : futures)
    each.get();
  CHECK(seen == std::vector<int>(10000, 1));
  CHECK(overlaps == 0);
}

TEMPLATE_TEST_CASE("a pool's end waits for the continuations of its calls", "", POLICIES) {
  int sum = 0;
  future<int> outlives;
  {
    pool<TestType> p{2};
    for (int i = 0; i < 100; ++i)
      static_cast<void>(p.apply_async(square, 1).then([](int x) { return x; }).then([&](int x) { sum += x; }));
    outlives = p.apply_async(square, 3).then([](int x) { return x + 1; });
  }
  CHECK(sum == 100);
  CHECK(outlives.ready());
  CHECK(outlives.then([](int x) { return x + 1; }).get() == 11);

  // One that is the last to have the pool cannot wait for itself.
  auto p = std::make_shared<pool<TestType>>(2);
  auto f = p->apply_async(square, 2);
  auto g = f.then([p](int x) mutable {
    p.reset();
    return x;
  });
  p.reset();
  CHECK(g.get() == 4);
}

TEMPLATE_TEST_CASE("to cancel what comes of a call cancels the call", "", POLICIES) {
  const Gate gate;
  bool called = false;
  {
    pool<TestType> p{1};
    const auto note = [&](int x) {
      called = true;
      return x;
    };
    auto running = p.apply_async(pass, gate.path(), 1).then(note);
    auto queued = p.apply_async(pass, gate.path(), 2).then(note).then(note);
    CHECK_FALSE(queued.ready());
    CHECK(queued.cancel());
    CHECK(queued.ready());
    CHECK_FALSE(queued.cancel());
    CHECK_THROWS_AS(queued.get(), cancelled);
    CHECK(running.cancel());
    gate.let_through(1); // a thread's item goes on
    CHECK_THROWS_AS(running.get(), cancelled);
    // Also where a continuation has begun another call.
    const Gate inner;
    std::atomic<bool> begun = false;
    auto chained = p.apply_async(square, 1).then([&](int x) {
      auto f = p.apply_async(pass, inner.path(), x);
      begun = true;
      begun.notify_all();
      return f;
    });
    begun.wait(false);
    CHECK(chained.cancel());
    inner.let_through(1);
    CHECK_THROWS_AS(chained.get(), cancelled);
    CHECK(p.apply(square, 3) == 9);
  }
  CHECK_FALSE(called);
}

TEMPLATE_TEST_CASE("what a terminated pool leaves undone ends as cancelled for continuations, too", "", POLICIES) {
  const Gate gate;
  pool<TestType> p{1};
  auto running = p.apply_async(pass, gate.path(), 1);
  std::vector<future<bool>> futures;
  for (int i = 0; i < 100; ++i)
    futures.push_back(p.apply_async(pass, gate.path(), i).then([](outcome<int> o) { return o.has_value(); }));
  auto value = p.apply_async(pass, gate.path(), 1).then(square);
  p.terminate();
  gate.let_through(1);
  p.join();
  for (auto& each : futures) {
    CHECK(each.ready());
    CHECK_FALSE(each.get());
  }
  CHECK_THROWS_AS(value.get(), cancelled);
}

TEMPLATE_TEST_CASE("an item's time ends though nobody waits for it but a continuation", "", POLICIES) {
  const Gate gate;
  pool<TestType> p{1};
  std::atomic<int> timed_out = 0;
  auto patient = p.with({.timeout = 1h}).apply_async(square, 1).then([](int x) { return x; });
  const auto f = p.with({.timeout = 10ms}).apply_async(pass, gate.path(), 1).then([&](const outcome<int>& o) {
    try {
      static_cast<void>(o.value());
      timed_out = 2;
    } catch (const task_timed_out&) {
      timed_out = 1;
    }
    timed_out.notify_all();
  });
  timed_out.wait(0);
  CHECK(timed_out == 1);
  CHECK(patient.get() == 1);
  gate.let_through(1);
}

TEMPLATE_TEST_CASE("wait_for and wait_until end at their time, also for what comes of a call", "", POLICIES) {
  const Gate gate;
  pool<TestType> p{1};
  auto plain = p.apply_async(pass, gate.path(), 2);
  const auto now = std::chrono::system_clock::now();
  CHECK(plain.wait_until(now) == std::future_status::timeout);
  CHECK(plain.wait_until(std::chrono::steady_clock::time_point::min()) == std::future_status::timeout);
  auto f = plain.then(square);
  CHECK(f.wait_for(1ms) == std::future_status::timeout);
  CHECK(f.wait_until(std::chrono::steady_clock::now() + 1ms) == std::future_status::timeout);
  gate.let_through(1);
  CHECK(f.wait_until(std::chrono::steady_clock::time_point::max()) == std::future_status::ready);
  CHECK(f.wait_until(std::chrono::system_clock::now() + 1h) == std::future_status::ready);
  CHECK(f.get() == 4);
}

TEST_CASE("what a thread's call and its continuation hold is let go of when they have ended") {
  pool<crosspool::thread> p{2};
  const auto argument = std::make_shared<int>(1), captured = std::make_shared<int>(2);
  auto f = p.apply_async([](std::shared_ptr<int> x) { return x; }, argument).then([captured](std::shared_ptr<int> x) {
    return std::pair(std::move(x), captured);
  });
  f.wait();
  CHECK(captured.use_count() == 2); // here and in the value
  f.get();
  CHECK(captured.use_count() == 1);
  p.close();
  p.join();
  CHECK(argument.use_count() == 1);
}

TEST_CASE("a process that was forked has its own continuations") {
  const Gate gate;
  pool<crosspool::fork> p{1};
  auto f = p.apply_async(pass, gate.path(), 7).then(square); // there is a thread for it
  const int status = in_child([&] {
    bool refused = false;
    try {
      f.get();
    } catch (const pool_closed&) {
      refused = true;
    }
    {
      const auto dropped = std::move(f);
    }
    pool<crosspool::fork> own{1};
    return refused && own.apply_async(square, 3).then(square).get() == 81 ? 0 : 1;
  });
  CHECK(status == 0);
  gate.let_through(1);
  CHECK(f.get() == 49);
}
