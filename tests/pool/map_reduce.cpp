// map_reduce: every kind of range and function, the order in which results are combined, and what happens to errors.
#include <crosspool/crosspool.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <forward_list>
#include <fstream>
#include <functional>
#include <list>
#include <memory>
#include <numeric>
#include <ranges>
#include <set>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "numbers.hpp"
#include "scratch_file.hpp"

#define PROCESSES crosspool::fork, crosspool::spawn
#define POLICIES crosspool::thread, PROCESSES
#define ALL_POLICIES POLICIES, inline_as<crosspool::thread>, inline_as<crosspool::fork>
#define TWO_POLICIES crosspool::thread, crosspool::fork // where there is much to compile

using namespace crosspool;
using namespace std::chrono_literals;

namespace {

long add(long a, long b) {
  return a + b;
}
std::string text_of(int x) {
  return std::to_string(x) + " ";
}
std::string join(std::string a, const std::string& b) {
  return std::move(a) + b;
}
int itself(int x) {
  return x;
}
long sum_of_squares(int n) {
  long sum = 0;
  for (long i = 0; i < n; ++i)
    sum += i * i;
  return sum;
}
std::string texts_up_to(int n) {
  std::string all;
  for (int i = 0; i < n; ++i)
    all += text_of(i);
  return all;
}

struct Weighted {
  int weight;
  long operator()(int x) const { return static_cast<long>(weight) * x; }
};
struct SumModulo {
  long modulus;
  long operator()(long a, long b) const { return (a + b) % modulus; }
};
struct Range {
  int least = 1000, most = -1000;
  bool operator==(const Range&) const = default;
};
struct Word {
  std::string text;
  std::vector<int> places;
};

int throw_at_thirteen(int x) {
  if (x == 13)
    throw std::out_of_range("thirteen");
  return x;
}
long refuse_two_hundred(long a, long b) {
  if (b == 200)
    throw std::domain_error("two hundred");
  return a + b;
}

} // namespace

TEMPLATE_TEST_CASE("map_reduce equals the plain loop at any chunk size and number of workers", "", ALL_POLICIES) {
  for (const int workers : {1, 3}) {
    pool<TestType> p{workers};
    for (const int n : {0, 1, 2, 100, 1000}) {
      const auto xs = up_to(n);
      CHECK(p.map_reduce(square, xs, add, 0L) == sum_of_squares(n));
      for (const std::size_t chunksize : {1U, 20U, 100U, 5000U})
        for (const bool ordered : {true, false})
          CHECK(p.with({.chunksize = chunksize, .ordered = ordered}).map_reduce(square, xs, add, 0L) ==
                sum_of_squares(n));
    }
  }
}

TEMPLATE_TEST_CASE("map_reduce combines in the order of the items", "", POLICIES) {
  pool<TestType> p{3};
  const auto xs = up_to(500);
  for (const std::size_t chunksize : {0U, 1U, 20U, 100U}) {
    auto with = p.with({.chunksize = chunksize});
    CHECK(with.map_reduce(text_of, xs, join, std::string("> ")) == "> " + texts_up_to(500));
    CHECK(with.map_reduce(text_of, std::list(xs.begin(), xs.end()), join, std::string()) == texts_up_to(500));
  }
  auto unordered = p.with({.chunksize = 7, .ordered = false}).map_reduce(text_of, xs, join, std::string());
  auto expected = texts_up_to(500);
  CHECK(unordered.size() == expected.size());
  std::ranges::sort(unordered);
  std::ranges::sort(expected);
  CHECK(unordered == expected);
}

TEMPLATE_TEST_CASE("map_reduce uses init once, and gives it back for an empty range", "", POLICIES) {
  pool<TestType> p{3};
  CHECK(p.map_reduce(itself, up_to(1000), add, 1'000'000L) == 1'000'000 + 999 * 500);
  CHECK(p.map_reduce(itself, std::vector<int>(), add, 7L) == 7);
  CHECK(p.map_reduce(itself, std::list<int>(), add, 7L) == 7);
  CHECK(p.map_reduce(itself, std::views::iota(5, 5), add, 7L) == 7);
  CHECK(p.map_reduce(itself, std::views::empty<int>, add, 7L) == 7);
}

TEMPLATE_TEST_CASE("map_reduce takes every kind of range", "", TWO_POLICIES) {
  pool<TestType> p{2};
  const auto xs = up_to(100);
  auto changeable = xs;
  const auto expected = sum_of_squares(100);
  CHECK(p.map_reduce(square, changeable, add, 0L) == expected);
  CHECK(p.map_reduce(square, up_to(100), add, 0L) == expected);
  CHECK(p.map_reduce(square, std::span(xs), add, 0L) == expected);
  CHECK(p.map_reduce(square, std::list(xs.begin(), xs.end()), add, 0L) == expected);
  CHECK(p.map_reduce(square, std::forward_list(xs.begin(), xs.end()), add, 0L) == expected);
  CHECK(p.map_reduce(square, std::set(xs.begin(), xs.end()), add, 0L) == expected);
  CHECK(p.map_reduce(square, std::views::iota(0, 100), add, 0L) == expected);
  CHECK(p.map_reduce([](auto x) { return static_cast<long>(x); }, std::views::iota(-3L, 4), add, 0L) == 0);
  CHECK(p.map_reduce(square, xs | std::views::transform(itself), add, 0L) == expected);
  CHECK(p.map_reduce(square, xs | std::views::filter([](int x) { return x < 10; }), add, 0L) == sum_of_squares(10));
  CHECK(p.map_reduce(square, {1, 2, 3}, add, 0L) == 14);
  CHECK(p.map_reduce([](bool b) { return b ? 1 : 0; }, std::vector{true, false, true}, std::plus<>(), 0) == 2);
  CHECK(p.map_reduce([](const std::pair<int, std::string>& each) { return each.second; },
                     std::list<std::pair<int, std::string>>{{2, "b"}, {1, "a"}}, join, std::string()) == "ba");
  CHECK(p.map_reduce([](const Word& w) { return w.text + std::to_string(w.places.at(0)); },
                     std::vector<Word>{{"x", {1}}, {"y", {2}}}, join, std::string()) == "x1y2");
  for (const int n : {0, 5, 5000}) { // single pass, of unknown length
    std::string text;
    for (int i = 0; i < n; ++i)
      text += text_of(i);
    std::istringstream numbers(text);
    CHECK(p.map_reduce(text_of, std::ranges::istream_view<int>(numbers), join, std::string()) == text);
  }
  std::vector<std::unique_ptr<int>> pointers;
  for (int i = 0; i < 20; ++i)
    pointers.push_back(std::make_unique<int>(i));
  CHECK(p.map_reduce([](std::unique_ptr<int> x) { return *x; }, std::move(pointers), add, 0L) == 190);
}

TEMPLATE_TEST_CASE("map_reduce takes every kind of function, and results that are not init's type", "", TWO_POLICIES) {
  pool<TestType> p{2};
  const auto xs = up_to(100);
  CHECK(p.map_reduce(&square, xs, &add, 0L) == sum_of_squares(100));
  CHECK(p.map_reduce(Weighted{3}, xs, SumModulo{1000}, 0L) == 14850 % 1000);
  CHECK(p.map_reduce(crosspool::bind([](long a, int x) { return a * x; }, 2L), xs,
                     crosspool::bind([](long m, long a, long b) { return (a + b) % m; }, 7L), 0L) == 9900 % 7);
  CHECK(p.map_reduce(itself, std::vector(4, 2'000'000'000), std::plus<>(), 0LL) == 8'000'000'000);
  CHECK(p.map_reduce([](int x) { return x % 2 == 0; }, xs, std::logical_and<>(), true) == false);
  CHECK(p.map_reduce([](int x) { return Range{x, x}; }, xs,
                     [](Range a, Range b) { return Range{std::min(a.least, b.least), std::max(a.most, b.most)}; },
                     Range()) == Range{0, 99});
  CHECK(p.map_reduce(itself, xs, [](const int& a, const int& b) -> const int& { return a < b ? b : a; }, -1) == 99);
  const auto merged = p.map_reduce([](int x) { return std::make_unique<int>(x); }, xs,
                                   [](std::unique_ptr<int> a, std::unique_ptr<int> b) {
                                     *a += *b;
                                     return a;
                                   },
                                   std::make_unique<int>(0));
  CHECK(*merged == 4950);
}

TEMPLATE_TEST_CASE("workers combine what is theirs, and only one value for each chunk comes back", "", PROCESSES) {
  pool<TestType> p{2};
  // The program's pid, and how many combinations were made in other processes.
  const auto combine = [](const std::pair<int, int>& a, const std::pair<int, int>& b) {
    return std::pair(a.first, a.second + b.second + (this_worker::pid() == a.first ? 0 : 1));
  };
  const auto start = crosspool::bind([](int pid, int) { return std::pair(pid, 0); }, this_worker::pid());
  const auto [pid, elsewhere] =
      p.with({.chunksize = 10}).map_reduce(start, up_to(100), combine, std::pair(this_worker::pid(), 0));
  CHECK(elsewhere == 100 - 10);
}

TEMPLATE_TEST_CASE("threads' map_reduce shares: no element is copied, and lambdas may capture", "", crosspool::thread,
                   inline_as<crosspool::thread>) {
  pool<TestType> p{3};
  std::atomic<int> calls = 0;
  int offset = 1;
  const auto reduce = [&offset](int a, int b) { return a + b - offset + 1; };
  auto xs = up_to(100);
  CHECK(p.map_reduce(
            [&](int& x) {
              ++calls;
              return std::exchange(x, 0) + offset;
            },
            xs, reduce, 0) == 4950 + 100);
  CHECK(calls == 100);
  CHECK(xs == std::vector<int>(100));
  struct Pinned { // neither copied nor moved
    explicit Pinned(int v) : value(v) {}
    Pinned(const Pinned&) = delete;
    Pinned& operator=(const Pinned&) = delete;
    int value;
  };
  std::list<Pinned> pinned;
  for (int i = 0; i < 100; ++i)
    pinned.emplace_back(i);
  CHECK(p.map_reduce(&Pinned::value, pinned, reduce, 0) == 4950);
  CHECK_THROWS_AS(p.with({.timeout = 1h}).map_reduce(&Pinned::value, pinned, reduce, 0), std::invalid_argument);
}

TEMPLATE_TEST_CASE("map_reduce throws what f, reduce or the range throws, and the pool goes on", "", ALL_POLICIES) {
  pool<TestType> p{2};
  const auto xs = up_to(500);
  for (const std::size_t chunksize : {0U, 1U, 20U, 1000U})
    for (const bool ordered : {true, false}) {
      auto with = p.with({.chunksize = chunksize, .ordered = ordered});
      CHECK_THROWS_AS(with.map_reduce(throw_at_thirteen, xs, add, 0L), std::out_of_range);
      CHECK_THROWS_AS(with.map_reduce(itself, std::vector{1, 200, 3}, refuse_two_hundred, 0L), std::domain_error);
      const auto broken = xs |
                          std::views::transform([](int x) { return x < 60 ? x : throw std::length_error("at 60"); });
      CHECK_THROWS_AS(with.map_reduce(itself, broken, add, 0L), std::length_error);
    }
  CHECK_THROWS_WITH(p.with({.chunksize = 1}).map_reduce(throw_at_thirteen, xs, refuse_two_hundred, 0L), "thirteen");
  CHECK(works(p));
}

TEMPLATE_TEST_CASE("an error ends map_reduce of an endless range", "", POLICIES) {
  pool<TestType> p{2};
  const auto endless = std::views::iota(0) | std::views::transform([](int x) { return x % 1000; });
  CHECK_THROWS_AS(p.map_reduce(throw_at_thirteen, endless, add, 0L), std::out_of_range);
  CHECK(works(p));
}

TEMPLATE_TEST_CASE("map_reduce of a pool that is closed or terminated", "", POLICIES) {
  pool<TestType> p{2};
  const auto endless = std::views::iota(0) | std::views::transform([&](int x) {
                         if (x == 5000)
                           p.terminate();
                         return x % 1000;
                       });
  CHECK_THROWS_AS(p.map_reduce(itself, endless, add, 0L), cancelled);
  CHECK_THROWS_AS(p.map_reduce(itself, up_to(5), add, 0L), pool_closed);
  pool<TestType> q{2};
  const auto xs = up_to(500);
  const auto closing = xs | std::views::transform([&](int x) {
                         if (x == 200)
                           q.close();
                         return x;
                       });
  CHECK(q.map_reduce(square, closing, add, 0L) == sum_of_squares(500));
  CHECK_THROWS_AS(q.map_reduce(itself, xs, add, 0L), pool_closed);
}

TEMPLATE_TEST_CASE("a worker that dies in map_reduce costs the call, which says at which item", "", PROCESSES) {
  pool<TestType> p{2};
  const auto die_at_45 = [](int x) { return x == 45 ? (std::_Exit(3), x) : x; };
  const auto hundred = up_to(100);
  const auto died_at = [&](const call_options& o, auto xs) {
    try {
      p.with(o).map_reduce(die_at_45, xs, add, 0L);
    } catch (const worker_died& e) {
      CHECK_THAT(e.what(), ContainsSubstring("item " + std::to_string(e.item()) + " of map_reduce"));
      return e.item();
    }
    return std::size_t{0};
  };
  const auto of_unknown_length = hundred | std::views::filter([](int) { return true; });
  CHECK(died_at({.chunksize = 1}, hundred) == 45);
  CHECK(died_at({.retries = 2}, hundred) == 45);
  CHECK(died_at({.chunksize = 10, .timeout = 1h}, hundred) == 45);
  CHECK(died_at({.chunksize = 10}, hundred) == 40); // the first of its chunk
  CHECK(died_at({.chunksize = 10}, of_unknown_length) == 40);
  CHECK(died_at({}, hundred) == 45);           // some three a chunk
  CHECK(died_at({}, of_unknown_length) == 30); // behind two of 1, 2, 4 and 8 each
  CHECK(works(p));
}

TEMPLATE_TEST_CASE("an item of map_reduce whose worker died is run again, alone", "", PROCESSES) {
  pool<TestType> p{2};
  const ScratchFile ran, died;
  const auto die_once = crosspool::bind(
      [](const std::string& all, const std::string& once, int x) {
        std::ofstream(all, std::ios::app) << "ran\n";
        if (x == 45 && std::filesystem::file_size(once) == 0) {
          std::ofstream(once) << "died\n";
          std::_Exit(3);
        }
        return x;
      },
      ran.name(), died.name());
  CHECK(p.with({.retries = 1}).map_reduce(die_once, up_to(100), add, 0L) == 4950);
  CHECK(ran.lines().size() == 101);
}

TEMPLATE_TEST_CASE("an item of map_reduce may have a time", "", POLICIES) {
  pool<TestType> p{2};
  const auto xs = up_to(1000);
  auto with = p.with({.timeout = 1h});
  CHECK(with.map_reduce(square, xs, add, 0L) == sum_of_squares(1000));
  CHECK(with.map_reduce(text_of, up_to(500), join, std::string()) == texts_up_to(500));
  CHECK(with.map_reduce(square, std::views::iota(0, 1000), add, 0L) == sum_of_squares(1000));
  const auto late_at_45 = [](int x) { // a process as long as it lives
    const auto end = std::chrono::steady_clock::now() + (TestType::arguments == crossing::shared ? 2ms : 1h);
    while (x == 45 && std::chrono::steady_clock::now() <= end)
      std::this_thread::yield();
    return x;
  };
  auto limited = p.with({.chunksize = 10, .timeout = 1ms});
  try {
    limited.map_reduce(late_at_45, std::vector{1, 45}, add, 0L);
    FAIL("no exception");
  } catch (const task_timed_out& e) {
    CHECK(e.item() <= 1); // the first may have been slow, too
  }
  CHECK(works(p));
}

TEMPLATE_TEST_CASE("a stop ends map_reduce, of an endless range, too", "", ALL_POLICIES) {
  pool<TestType> p{2};
  stop_source stop;
  const auto stop_at_thousand = [&](int x) {
    if (x == 1000)
      stop.request_stop();
    return x % 10;
  };
  auto with = p.with({.stop = stop.get_token()});
  CHECK_THROWS_AS(
      with.map_reduce(itself, std::views::iota(0) | std::views::transform(stop_at_thousand), std::plus<>(), 0L),
      cancelled);
  CHECK_THROWS_AS(with.map_reduce(itself, up_to(100), std::plus<>(), 0L), cancelled);
  CHECK(p.map_reduce(itself, up_to(100), std::plus<>(), 0L) == 4950);
}

TEMPLATE_TEST_CASE("several callers may map_reduce over one pool", "", POLICIES) {
  pool<TestType> p{2};
  std::atomic<int> right = 0;
  std::vector<std::thread> callers;
  for (int t = 0; t < 4; ++t)
    callers.emplace_back([&] {
      for (int i = 0; i < 20; ++i)
        right += p.map_reduce(text_of, up_to(100), join, std::string()) == texts_up_to(100) ? 1 : 0;
    });
  for (auto& each : callers)
    each.join();
  CHECK(right == 80);
}
