// What only threads can do: share. And how their workers share out a call.
#include <crosspool/crosspool.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <barrier>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <ranges>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "numbers.hpp"

using namespace crosspool;

TEST_CASE("a thread pool's tasks work on the caller's own objects") {
  thread_pool p{2};
  std::vector<int> numbers{1, 2, 3};
  p.map([](int& x) { x *= 10; }, numbers);
  CHECK(numbers == std::vector{10, 20, 30});
  int sum = 0;
  std::mutex mutex;
  p.map(
      [&](int x) {
        const std::lock_guard lock(mutex);
        sum += x;
      },
      numbers);
  CHECK(sum == 60);
  p.apply([](int& x) { x = 5; }, sum);
  CHECK(sum == 5);
  p.apply_async([](std::reference_wrapper<int> x) { x.get() = 6; }, std::ref(sum)).get();
  CHECK(sum == 6);
}

TEST_CASE("a thread pool takes functions that no process could") {
  thread_pool p{2};
  const std::function<int(int)> erased = [](int x) { return x + 1; };
  CHECK(p.map(erased, {1, 2}) == std::vector{2, 3});
  int calls = 0;
  struct Counter {
    int* calls;
    std::mutex* mutex;
    void operator()(int) {
      const std::lock_guard lock(*mutex);
      ++*calls;
    }
  };
  std::mutex mutex;
  p.map(Counter{&calls, &mutex}, {1, 2, 3});
  CHECK(calls == 3);
  auto owning = [x = std::make_unique<int>(4)](int y) { return *x + y; };
  CHECK(p.map(owning, {1}) == std::vector{5});
  CHECK(p.map_async(std::move(owning), std::vector{2}).get() == std::vector{6});
}

TEST_CASE("a thread pool's asynchronous calls keep their own arguments") {
  thread_pool p{1};
  future<std::vector<std::size_t>> f;
  {
    const std::vector<std::string> soon_gone{"one", "three"};
    f = p.map_async([](const std::string& s) { return s.size(); }, soon_gone);
  }
  CHECK(f.get() == std::vector<std::size_t>{3, 5});
}

TEST_CASE("a thread pool's initializer shares its arguments") {
  std::atomic<int> started = 0;
  std::mutex mutex;
  std::set<std::thread::id> threads;
  thread_pool p{4,
                [](std::atomic<int>& n, std::mutex& m, std::set<std::thread::id>& ids) {
                  ++n;
                  const std::lock_guard lock(m);
                  ids.insert(std::this_thread::get_id());
                },
                started, mutex, threads};
  CHECK(started == 4);
  CHECK(threads.size() == 4);
}

TEST_CASE("a thread pool's workers run at the same time") {
  thread_pool p{3};
  std::barrier all_here(3); // passed only if three tasks are under way at once
  p.with({.chunksize = 1}).map([&](int) { all_here.arrive_and_wait(); }, {1, 2, 3});
  SUCCEED();
}

// ---- ranges that the workers read themselves, and others ----

namespace {

struct Made { // in one way only; its moves may throw
  explicit Made(int v) : value(std::make_unique<int>(v)) {}
  Made(Made&& other) noexcept(false) : value(std::move(other.value)) {}
  Made& operator=(Made&&) = delete;
  std::unique_ptr<int> value;
};

} // namespace

TEST_CASE("which ranges the workers read themselves") {
  STATIC_REQUIRE(detail::indexable<std::vector<int>>);
  STATIC_REQUIRE(detail::indexable<const std::vector<std::string>&>);
  STATIC_REQUIRE(detail::indexable<std::span<const int>>);
  STATIC_REQUIRE(detail::indexable<int(&)[3]>);
  STATIC_REQUIRE(detail::indexable<std::string&>);
  STATIC_REQUIRE(detail::indexable<std::ranges::iota_view<int, int>>);
  STATIC_REQUIRE(detail::indexable<const std::ranges::iota_view<unsigned, std::size_t>&>);
  STATIC_REQUIRE_FALSE(detail::indexable<std::ranges::iota_view<int>>); // no end
  STATIC_REQUIRE_FALSE(detail::indexable<std::list<int>&>);
  STATIC_REQUIRE_FALSE(detail::indexable<std::vector<bool>&>);
  std::vector<int> numbers;
  const auto computed = numbers | std::views::transform([](int x) { return x; });
  STATIC_REQUIRE_FALSE(detail::indexable<decltype(computed)&>); // in the caller's thread
  STATIC_REQUIRE(detail::reads_in_place<detail::thread_engine, std::vector<int>, int(&)[2]>);
  STATIC_REQUIRE_FALSE(detail::reads_in_place<detail::thread_engine, std::vector<int>, std::list<int>>);
  STATIC_REQUIRE_FALSE(detail::reads_in_place<fork::engine, std::vector<int>>);
}

TEST_CASE("a thread pool's results are in order, however many there are") {
  for (const int workers : {1, 2, 5}) {
    thread_pool p{workers};
    for (const int n : {0, 1, 2, 3, 7, 64, 1000, 100000}) {
      const auto xs = up_to(n);
      std::vector<int> expected(xs.size());
      std::ranges::transform(xs, expected.begin(), [](int x) { return x / 3 - 7; });
      const auto f = [](int x) { return x / 3 - 7; };
      CHECK(p.map(f, xs) == expected);
      CHECK(p.map(f, std::views::iota(0, n)) == expected);
      CHECK(p.map(f, std::list(xs.begin(), xs.end())) == expected);
      for (const std::size_t chunksize : {std::size_t(1), std::size_t(2), std::size_t(999), std::size_t(-1)}) {
        CHECK(p.with({.chunksize = chunksize}).map(f, xs) == expected);
        CHECK(p.with({.chunksize = chunksize}).map(f, xs | std::views::transform(std::identity())) == expected);
      }
    }
  }
}

TEST_CASE("a thread pool counts through every integer") {
  thread_pool p{2};
  const auto itself = [](auto x) { return x; };
  CHECK(p.map(itself, std::views::iota(-3, 3)) == std::vector{-3, -2, -1, 0, 1, 2});
  CHECK(p.map(itself, std::views::iota(std::int8_t(-128), std::int8_t(127))).back() == 126);
  const auto last = std::numeric_limits<std::uint64_t>::max();
  CHECK(p.map(itself, std::views::iota(last - 2, last)) == std::vector{last - 2, last - 1});
  const auto first = std::numeric_limits<std::int64_t>::min();
  CHECK(p.map(itself, std::views::iota(first, first + 2)) == std::vector{first, first + 1});
  STATIC_REQUIRE(std::is_same_v<decltype(p.map(itself, std::views::iota('a', 'c'))), std::vector<char>>);
  CHECK(p.map(std::plus<>(), std::views::iota(0U, 9U), std::vector{1.5, 2.5}) == std::vector{1.5, 3.5});
}

TEST_CASE("of several errors in a thread pool's map the lowest is thrown, and all items have run") {
  thread_pool p{3};
  for (const int n : {1, 2, 100, 20000})
    for (const std::size_t chunksize : {0U, 1U, 7U}) {
      std::vector<std::atomic<int>> runs(static_cast<std::size_t>(n));
      const int lowest = n / 2;
      const auto f = [&](int x) {
        ++runs[static_cast<std::size_t>(x)];
        if (x >= lowest && x % 3 == lowest % 3)
          throw std::runtime_error(std::to_string(x));
        return std::to_string(x);
      };
      CHECK_THROWS_WITH(p.with({.chunksize = chunksize}).map(f, up_to(n)), std::to_string(lowest));
      CHECK_THROWS_WITH(p.with({.chunksize = chunksize}).map([&](int x) { f(x); }, up_to(n)), std::to_string(lowest));
      CHECK(std::ranges::all_of(runs, [](const auto& times) { return times == 2; }));
    }
}

TEST_CASE("a thread pool's results may be of any type that can be moved") {
  thread_pool p{2};
  const auto xs = up_to(5000);
  const auto odd = p.map([](int x) { return x % 2 != 0; }, xs);
  STATIC_REQUIRE(std::is_same_v<decltype(odd), const std::vector<bool>>);
  REQUIRE(odd.size() == 5000);
  CHECK(std::ranges::all_of(xs, [&](int x) { return odd[static_cast<std::size_t>(x)] == (x % 2 != 0); }));
  const auto made = p.map([](int x) { return Made(x); }, xs);
  REQUIRE(made.size() == 5000);
  CHECK(std::ranges::all_of(xs, [&](int x) { return *made[static_cast<std::size_t>(x)].value == x; }));
  CHECK(p.map([](int x) { return std::optional<int>(x); }, xs)[4999] == 4999);
  CHECK(p.map([](int x) { return std::vector<int>(2, x); }, xs)[17] == std::vector{17, 17});
  const auto pointers = p.map([](const int& x) { return &x; }, xs);
  CHECK(std::ranges::all_of(pointers, [&](const int* each) { return each == &xs[static_cast<std::size_t>(*each)]; }));
  struct Constant {
    const int value;
  };
  CHECK(p.map([](int x) { return Constant{x}; }, xs)[7].value == 7); // cannot be assigned to
}

TEST_CASE("a thread pool's function gets the elements themselves") {
  thread_pool p{2};
  std::vector<std::string> words{"a", "b", "c"};
  const auto address = [](auto&& x) { return static_cast<const void*>(&x); };
  CHECK(p.map(address, words)[2] == &words[2]);
  CHECK(p.map(address, std::span(words))[2] == &words[2]);
  p.map([](std::string& x) { x += "!"; }, words);
  CHECK(words == std::vector<std::string>{"a!", "b!", "c!"});
  const auto take = [](std::string&& x) { return std::move(x); };
  CHECK(p.map(take, std::move(words)) == std::vector<std::string>{"a!", "b!", "c!"});
  CHECK(words[0].empty()); // NOLINT(bugprone-use-after-move): its point
  STATIC_REQUIRE_FALSE(mappable<crosspool::thread, decltype(take), std::string&>);
  const auto kind = [](auto&& x) { return std::is_lvalue_reference_v<decltype(x)> ? 'l' : 'r'; };
  CHECK(p.map(kind, words)[0] == 'l');
  CHECK(p.map(kind, std::vector{1})[0] == 'r');
  CHECK(p.map(kind, std::span(words))[0] == 'l'); // owns nothing
  CHECK(p.map(kind, std::views::iota(0, 1))[0] == 'r');
  CHECK(p.map([](const auto&& x) { return std::is_const_v<std::remove_reference_t<decltype(x)>>; },
              std::as_const(words) | std::views::transform([](auto& x) -> auto&& { return std::move(x); }))[0]);

  std::vector<std::tuple<std::unique_ptr<int>, std::string>> rows;
  rows.emplace_back(std::make_unique<int>(3), "three");
  p.starmap([](std::unique_ptr<int>& x, std::string& s) { s = std::to_string(++*x); }, rows);
  CHECK(std::get<1>(rows[0]) == "4");
  CHECK(p.starmap([](auto&& x, auto&&) { return std::is_lvalue_reference_v<decltype(x)>; }, rows)[0]);
  const auto taken = p.starmap([](std::unique_ptr<int>&& x, std::string&&) { return std::move(x); }, std::move(rows));
  CHECK(*taken[0] == 4);
  int a = 1;
  CHECK(p.starmap([](int& x, int y) { return ++x + y; }, std::vector{std::tuple<int&, int>(a, 5)}) == std::vector{7});
  CHECK(a == 2);
}

TEST_CASE("a range that computes its elements does so in the caller's thread") {
  thread_pool p{2};
  const auto caller = std::this_thread::get_id();
  const auto xs = up_to(100);
  std::atomic<int> elsewhere = 0;
  const auto seen = xs | std::views::transform([&](int x) {
                      elsewhere += std::this_thread::get_id() == caller ? 0 : 1;
                      return x;
                    });
  CHECK(p.map([](int x) { return x; }, seen) == xs);
  CHECK(elsewhere == 0);
}

// ---- who gets which items ----

TEST_CASE("a worker thread that is kept by one item leaves the others to the rest") {
  thread_pool p{2};
  const auto all_but_one_run = [&](std::size_t chunksize, int n, int slow) {
    std::atomic<int> done = 0;
    p.with({.chunksize = chunksize})
        .map(
            [&](int x) {
              if (x == slow)
                for (int seen = done; seen != n - 1; seen = done)
                  done.wait(seen);
              else {
                ++done;
                done.notify_all();
              }
            },
            std::views::iota(0, n));
    return done.load();
  };
  for (const int n : {2, 3, 50, 2000}) {
    for (const int slow : {0, n / 2, n - 1})
      CHECK(all_but_one_run(1, n, slow) == n - 1);
    CHECK(all_but_one_run(0, n, 0) == n - 1); // nothing is known of the items yet
    CHECK(all_but_one_run(0, n, n - 1) == n - 1);
  }
}

TEST_CASE("a worker thread without items gets some that another has claimed; terminate does not wait for these") {
  thread_pool p{2};
  std::array<std::atomic<bool>, 2> seen{};
  bool ended = false;
  std::thread caller([&] {
    const auto note = [&](int) {
      if (auto& mine = seen[static_cast<std::size_t>(this_worker::id())]; !mine) {
        mine = true;
        mine.notify_all();
      }
    };
    try {
      for (;;) // one claim takes all
        p.with({.chunksize = 1U << 30U}).map(note, std::views::iota(0, 1 << 30));
    } catch (const cancelled&) {
      ended = true;
    }
  });
  for (auto& each : seen)
    each.wait(false);
  p.terminate();
  caller.join();
  CHECK(ended);
}

TEST_CASE("all worker threads come to a call") {
  thread_pool p{5};
  for (int i = 0; i < 20; ++i) {
    std::barrier all_here(5);
    p.map([&](int) { all_here.arrive_and_wait(); }, std::views::iota(0, 5));
  }
  SUCCEED();
}

TEST_CASE("a long call leaves time for others, until it ends as cancelled") {
  for (const std::size_t chunksize : {0U, 3U}) {
    thread_pool busy{1};
    std::atomic<bool> begun = false;
    std::atomic<std::int64_t> next = 0;
    bool ended = false;
    std::thread caller([&] {
      const auto note = [&](std::int64_t x) {
        next = x + 1;
        begun = true;
        begun.notify_all();
      };
      const auto endless = std::views::iota(std::int64_t(0), std::numeric_limits<std::int64_t>::max());
      try {
        busy.with({.chunksize = chunksize}).map(note, endless);
      } catch (const cancelled&) {
        ended = true;
      }
    });
    begun.wait(false);
    CHECK(busy.apply([] { return 5; }) == 5);
    CHECK(busy.map([](int x) { return 2 * x; }, up_to(1000)).back() == 1998);
    CHECK(busy.map_async([](int x) { return 3 * x; }, up_to(100)).get().back() == 297);
    CHECK(busy.map([](int x) { return 2 * x; }, std::list{1, 2}).back() == 4);
    busy.terminate();
    busy.join();
    caller.join();
    CHECK(ended);
    CHECK(next > 0);
  }
}

TEST_CASE("several threads may map over one thread pool at a time") {
  thread_pool p{2};
  std::atomic<int> right = 0;
  std::vector<std::thread> callers;
  for (int t = 0; t < 5; ++t)
    callers.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const auto xs = up_to(10 * i);
        const auto f = [t](int x) { return x + t; };
        const auto results = p.with({.chunksize = xs.size() % 3}).map(f, xs);
        right += std::ranges::equal(results, xs, {}, {}, f) ? 1 : 0;
        right += p.apply(f, i) == i + t ? 1 : 0;
      }
    });
  for (auto& each : callers)
    each.join();
  CHECK(right == 500);
}

TEST_CASE("terminate lets running items finish; a lower error goes before the cancellation") {
  for (const bool fails : {false, true}) {
    thread_pool ended{2};
    std::barrier all_here(3);
    std::atomic<int> finished = 0;
    std::exception_ptr error;
    std::thread caller([&] {
      const auto meet = [&](int x) {
        all_here.arrive_and_wait();
        all_here.arrive_and_wait();
        ++finished;
        if (fails && x == 1)
          throw std::out_of_range("one");
      };
      try {
        ended.with({.chunksize = 1}).map(meet, std::views::iota(0, 1000));
      } catch (...) {
        error = std::current_exception();
      }
    });
    all_here.arrive_and_wait();
    ended.terminate();
    all_here.arrive_and_wait();
    caller.join();
    CHECK(finished == 2);
    if (fails)
      CHECK_THROWS_AS(std::rethrow_exception(error), std::out_of_range);
    else
      CHECK_THROWS_AS(std::rethrow_exception(error), cancelled);
    CHECK_THROWS_AS(ended.map([](int) {}, up_to(3)), pool_closed);
    CHECK_THROWS_AS(ended.map([](int) {}, std::vector<int>()), pool_closed);
  }
}

TEST_CASE("a call of a thread pool that is under way is finished after close") {
  thread_pool p{2};
  std::atomic<bool> closed = false, begun = false;
  std::thread closer([&] {
    begun.wait(false);
    p.close();
    closed = true;
    closed.notify_all();
  });
  const auto results = p.map(
      [&](int x) {
        begun = true;
        begun.notify_all();
        closed.wait(false);
        return x;
      },
      up_to(1000));
  closer.join();
  CHECK(results == up_to(1000));
  CHECK_THROWS_AS(p.map([](int) {}, up_to(3)), pool_closed);
  p.join();
}

// ---- items that outlast their call, and calls that are taken back ----

namespace {

class Door {
public:
  void open() {
    open_ = true;
    open_.notify_all();
  }
  void pass() {
    here_ = true;
    here_.notify_all();
    open_.wait(false);
  }
  void wait_until_somebody_is_here() { here_.wait(false); }

private:
  std::atomic<bool> open_ = false;
  std::atomic<bool> here_ = false;
};

struct Job { // an aggregate
  int id;
  std::vector<std::string> names;
  std::map<int, std::shared_ptr<Made>> made;
};
struct Node { // of a tree
  std::vector<Node> children;
};
struct MoveOnlyInside { // says of itself that it can be copied
  std::vector<std::unique_ptr<int>> owned;
};
class Hidden {
public:
  explicit Hidden(int n) : owned_(static_cast<std::size_t>(n)) {}
  [[nodiscard]] int size() const { return static_cast<int>(owned_.size()); }

private:
  std::vector<std::unique_ptr<int>> owned_;
};

} // namespace

TEST_CASE("which types can be copied for certain") {
  using detail::surely_copyable;
  STATIC_REQUIRE(surely_copyable<int>());
  STATIC_REQUIRE(surely_copyable<const std::string>());
  STATIC_REQUIRE(surely_copyable<std::vector<std::pair<std::string, std::optional<double>>>>());
  STATIC_REQUIRE(surely_copyable<std::array<std::string, 3>>());
  STATIC_REQUIRE(surely_copyable<std::shared_ptr<Hidden>>());
  STATIC_REQUIRE(surely_copyable<std::function<int(int)>>());
  STATIC_REQUIRE(surely_copyable<std::reference_wrapper<Hidden>>());
  STATIC_REQUIRE(surely_copyable<Job>());
  STATIC_REQUIRE(surely_copyable<std::list<Node>>());
  STATIC_REQUIRE(surely_copyable<std::tuple<Job&, Node>>());
  STATIC_REQUIRE(surely_copyable<decltype(crosspool::bind(std::plus<>(), std::string()))>());
  STATIC_REQUIRE(surely_copyable<std::exception_ptr>());
  STATIC_REQUIRE_FALSE(surely_copyable<Made>());
  STATIC_REQUIRE_FALSE(surely_copyable<Hidden>());
  STATIC_REQUIRE_FALSE(surely_copyable<MoveOnlyInside>());
  STATIC_REQUIRE_FALSE(surely_copyable<std::vector<MoveOnlyInside>>());
  STATIC_REQUIRE_FALSE(surely_copyable<std::array<Hidden, 2>>());
  STATIC_REQUIRE_FALSE(surely_copyable<std::optional<std::vector<std::unique_ptr<int>>>>());
  STATIC_REQUIRE_FALSE(surely_copyable<decltype(crosspool::bind([](const Hidden&, int) {}, Hidden(1)))>());
}

TEST_CASE("with a timeout, a thread pool's function and items are its own") {
  Door door;
  thread_pool p{2};
  std::weak_ptr<int> item, state;
  {
    std::vector<std::shared_ptr<int>> items{std::make_shared<int>(1)};
    auto f = [&door, s = std::make_shared<int>(2)](const std::shared_ptr<int>& x) {
      door.pass();
      return *x + *s;
    };
    item = items[0];
    CHECK_THROWS_AS(p.with({.timeout = std::chrono::milliseconds(10)}).map(std::move(f), items), task_timed_out);
    auto g = crosspool::bind([](const std::shared_ptr<int>& s, Door* d) { d->pass(), ++*s; }, std::make_shared<int>(3));
    state = std::get<0>(g.state());
    CHECK_THROWS_AS(p.with({.timeout = std::chrono::milliseconds(10)}).apply(g, &door), task_timed_out);
  }
  CHECK_FALSE(item.expired());
  CHECK_FALSE(state.expired());
  door.open();
  p.close();
  p.join();
  CHECK(item.expired());
  CHECK(state.expired());
}

TEST_CASE("with a timeout, a thread pool refuses what it cannot keep, and runs nothing of it") {
  thread_pool p{2};
  auto timed = p.with({.timeout = std::chrono::hours(1)});
  std::vector<int> numbers{1, 2};
  std::vector<Hidden> hidden;
  hidden.emplace_back(3);
  std::vector<MoveOnlyInside> inside(2);
  std::vector<std::tuple<std::unique_ptr<int>, int>> rows(2);
  const auto size = [](const Hidden& x) { return x.size(); };
  const auto refused = [](auto call) { CHECK_THROWS_AS(call(), std::invalid_argument); };
  refused([&] { timed.map([](int& x) { ++x; }, numbers); });
  refused([&] { timed.map(size, hidden); });
  refused([&] { timed.try_map(size, hidden); });
  refused([&] { timed.map([](const MoveOnlyInside&) {}, inside); });
  refused([&] { timed.starmap([](const std::unique_ptr<int>&, int) {}, rows); });
  refused([&] { timed.apply(size, hidden[0]); });
  auto owning = [x = std::make_unique<int>(4)](int y) { return *x + y; };
  refused([&] { timed.map(owning, numbers); });
  CHECK(numbers == std::vector{1, 2});

  CHECK(timed.map(std::move(owning), numbers) == std::vector{5, 6});
  CHECK(timed.apply(size, Hidden(2)) == 2);
  CHECK(timed.map(size, std::move(hidden)) == std::vector{3});
  CHECK(timed.map([](auto&&) { return 1; }, std::move(inside)) == std::vector{1, 1});
  CHECK(timed.starmap([](std::unique_ptr<int>, int x) { return x; }, std::move(rows)) == std::vector{0, 0});
  CHECK(timed.map([](int x) { return x; }, std::views::iota(0, 3)) == std::vector{0, 1, 2});
  CHECK(p.map(size, std::vector<Hidden>()).empty());
  CHECK(timed.apply([](const Job& job) { return job.id; }, Job{7, {}, {}}) == 7);
  const Job job{8, {}, {}};
  CHECK(timed.apply(&Job::id, job) == 8);
}

TEST_CASE("a cancelled call lets go of its items at once") {
  Door door;
  thread_pool p{1};
  const auto kept = std::make_shared<int>(1);
  auto running = p.apply_async([&door] { door.pass(); });
  door.wait_until_somebody_is_here();
  auto f = p.map_async([](const std::shared_ptr<int>&) {}, std::vector(10000, kept));
  CHECK(kept.use_count() == 10001);
  CHECK(f.cancel());
  CHECK(kept.use_count() == 1);
  CHECK_THROWS_AS(f.get(), cancelled);
  door.open();
  running.get();
}

TEST_CASE("of a parcel's items, none is begun after the call is cancelled or the pool terminated") {
  for (const bool terminate : {false, true}) {
    Door door;
    thread_pool p{1};
    std::atomic<int> begun = 0;
    auto f = p.with({.chunksize = 1000})
                 .map_async(
                     [&](int) {
                       ++begun;
                       door.pass();
                     },
                     up_to(1000));
    door.wait_until_somebody_is_here();
    if (terminate)
      p.terminate();
    else
      CHECK(f.cancel());
    door.open();
    CHECK_THROWS_AS(f.get(), cancelled);
    p.close();
    p.join();
    CHECK(begun == 1);
  }
}

TEST_CASE("try_map on a thread pool that is terminated says of each item what became of it") {
  Door door;
  thread_pool p{1};
  std::vector<outcome<int>> outcomes;
  std::thread caller([&] {
    const auto f = [&](int x) {
      door.pass();
      return x;
    };
    outcomes = p.with({.chunksize = 1}).try_map(f, std::views::iota(0, 1000));
  });
  door.wait_until_somebody_is_here();
  p.terminate();
  door.open();
  caller.join();
  REQUIRE(outcomes.size() == 1000);
  CHECK(outcomes[0].value() == 0);
  CHECK_THROWS_AS(outcomes[999].value(), cancelled);
}
