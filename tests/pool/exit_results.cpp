// Exit functions, the same for every policy; and what only processes do.
#include <crosspool/crosspool.hpp>

#include <algorithm>
#include <csignal>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "numbers.hpp"
#include "scratch_file.hpp"

#define POLICIES                                                                                                       \
  crosspool::thread, crosspool::fork, crosspool::spawn, inline_as<crosspool::thread>, inline_as<crosspool::fork>

using namespace crosspool;
using namespace std::chrono_literals;

namespace {

struct Counter {
  int counted = 0;
};
Counter make_counter() {
  return {};
}
int count(Counter& c, int x) {
  ++c.counted;
  return x;
}

template <class R> std::vector<R> values(std::vector<outcome<R>> outcomes) {
  std::vector<R> all;
  for (auto& each : outcomes)
    all.push_back(std::move(each).value());
  return all;
}

template <class Pool> std::size_t workers_of(const Pool& p) {
  return static_cast<std::size_t>(p.workers());
}
template <class Pool> void end(Pool& p) {
  p.close();
  p.join();
}

} // namespace

TEMPLATE_TEST_CASE("an exit function runs once in each worker", "", POLICIES) {
  crosspool::pool<TestType> p{3};
  auto results = p.at_exit([] { return this_worker::id(); });
  STATIC_REQUIRE(std::is_same_v<decltype(results), exit_results<int>>);
  CHECK(works(p));
  CHECK_THROWS_AS(results.get(), error); // too early
  end(p);
  CHECK(values(results.get()) == up_to(p.workers()));
  CHECK(results.get().empty());
}

TEMPLATE_TEST_CASE("an exit function takes the state", "", POLICIES) {
  crosspool::pool p{TestType{}, {.workers = 3}, make_counter};
  auto results = p.at_exit([](const Counter& c) { return c.counted; });
  CHECK(p.map(count, up_to(1000)) == up_to(1000));
  end(p);
  const auto counts = values(results.get());
  CHECK(counts.size() == workers_of(p));
  CHECK(std::accumulate(counts.begin(), counts.end(), 0) == 1000);
}

TEMPLATE_TEST_CASE("what an exit function returns and throws", "", POLICIES) {
  {
    crosspool::pool<TestType> p{2};
    auto results = p.at_exit(
        crosspool::bind([](const std::string& s) { return std::vector<std::string>(1000, s); }, "text"));
    end(p);
    CHECK(values(results.get()) == std::vector(workers_of(p), std::vector<std::string>(1000, "text")));
  }
  {
    crosspool::pool<TestType> p{2};
    auto results = p.at_exit([] { return std::make_unique<int>(this_worker::id()); });
    end(p);
    const auto found = values(results.get());
    REQUIRE(found.size() == workers_of(p));
    CHECK(*found.back() == p.workers() - 1);
  }
  {
    crosspool::pool<TestType> p{2};
    auto results = p.at_exit([]() -> int { throw std::out_of_range("at the end"); });
    end(p);
    const auto found = results.get();
    CHECK(found.size() == workers_of(p));
    for (const auto& each : found)
      CHECK_THROWS_AS(std::rethrow_exception(each.error()), std::out_of_range);
  }
  {
    const ScratchFile file;
    crosspool::pool<TestType> p{2};
    auto results = p.at_exit(
        crosspool::bind([](const std::string& name) { std::ofstream(name, std::ios::app) << "end\n"; }, file.name()));
    STATIC_REQUIRE(std::is_same_v<decltype(results), exit_results<std::monostate>>);
    end(p);
    CHECK(results.get().size() == workers_of(p));
    CHECK(file.lines() == std::vector<std::string>(workers_of(p), "end"));
  }
}

TEMPLATE_TEST_CASE("the end of the pool's object runs exit functions, too", "", POLICIES) {
  exit_results<int> results;
  std::size_t workers = 0;
  CHECK_THROWS_AS(results.get(), error);
  {
    crosspool::pool<TestType> p{2};
    workers = workers_of(p);
    results = p.at_exit([] { return 5; });
  }
  CHECK(values(results.get()) == std::vector<int>(workers, 5));
}

TEMPLATE_TEST_CASE("a pool that is terminated runs no exit function", "", POLICIES) {
  crosspool::pool<TestType> p{2};
  auto results = p.at_exit([] { return 5; });
  CHECK(works(p));
  p.terminate();
  p.join();
  CHECK(results.get().empty());
}

TEMPLATE_TEST_CASE("one exit function for a pool that is open", "", POLICIES) {
  crosspool::pool<TestType> p{1};
  auto results = p.at_exit([] { return 1; });
  CHECK_THROWS_AS(p.at_exit([] { return 2; }), error);
  p.close();
  CHECK_THROWS_AS(p.at_exit([] { return 3; }), pool_closed);
  p.join();
  CHECK(values(results.get()) == std::vector<int>{1});
}

TEMPLATE_TEST_CASE("an exit function reads what was broadcast", "", POLICIES) {
  crosspool::pool<TestType> p{2};
  auto results = p.at_exit(
      crosspool::bind([](const broadcasted<std::string>& s) { return *s; }, p.broadcast(std::string("text"))));
  end(p);
  CHECK(values(results.get()) == std::vector<std::string>(workers_of(p), "text"));
}

TEMPLATE_TEST_CASE("the exit function may be long done when the pool is joined again", "", POLICIES) {
  crosspool::pool<TestType> p{1};
  auto results = p.at_exit([] { return this_worker::id(); });
  end(p);
  p.join();
  CHECK(values(results.get()) == std::vector<int>{0});
}

TEMPLATE_TEST_CASE("a worker that is replaced runs the exit function", "", crosspool::fork, crosspool::spawn) {
  crosspool::pool p{TestType{}, {.workers = 2, .max_tasks_per_worker = 7}, make_counter};
  auto results = p.at_exit([](Counter& c) { return c.counted; });
  CHECK(p.map(count, up_to(100)) == up_to(100));
  end(p);
  const auto counts = values(results.get());
  CHECK(counts.size() >= 15);
  CHECK(*std::max_element(counts.begin(), counts.end()) <= 7);
  CHECK(std::accumulate(counts.begin(), counts.end(), 0) == 100);
}

TEMPLATE_TEST_CASE("a worker that has grown too large runs the exit function", "", crosspool::fork, crosspool::spawn) {
  crosspool::pool p{TestType{}, {.workers = 2, .max_memory_per_worker = std::size_t{1} << 24}, make_counter};
  auto results = p.at_exit([](Counter& c) { return std::pair(this_worker::pid(), c.counted); });
  const auto leak = [](Counter& c, int x) {
    static auto& kept = *new std::vector<std::vector<char>>;
    kept.emplace_back(std::size_t{1} << 20, 'x');
    return count(c, x);
  };
  CHECK(p.map(leak, up_to(200)) == up_to(200));
  end(p);
  int sum = 0;
  std::vector<int> pids;
  for (const auto& [pid, counted] : values(results.get())) {
    pids.push_back(pid);
    sum += counted;
  }
  CHECK(sum == 200);
  CHECK(pids.size() > 2);
}

TEMPLATE_TEST_CASE("an exit function that dies or does not end is reported", "", crosspool::fork, crosspool::spawn) {
  {
    crosspool::pool<TestType> p{2};
    auto results = p.at_exit([] {
      if (this_worker::id() == 1)
        ::raise(SIGKILL);
      return this_worker::id();
    });
    end(p);
    const auto found = results.get();
    REQUIRE(found.size() == 2);
    CHECK(*found[0] == 0);
    try {
      std::rethrow_exception(found[1].error());
    } catch (const worker_died& e) {
      CHECK(e.signal() == SIGKILL);
      CHECK(e.item() == 1);
    }
  }
  {
    crosspool::pool<TestType> p{{.workers = 1, .task_timeout = 50ms}};
    auto results = p.at_exit([] {
      for (;;)
        ::pause();
    });
    end(p);
    const auto found = results.get();
    REQUIRE(found.size() == 1);
    CHECK_THROWS_AS(std::rethrow_exception(found[0].error()), task_timed_out);
  }
}

TEMPLATE_TEST_CASE("a pool can be terminated while an exit function does not end", "", crosspool::fork,
                   crosspool::spawn) {
  const ScratchFile file;
  crosspool::pool<TestType> p{1};
  auto results = p.at_exit(crosspool::bind(
      [](const std::string& name) {
        std::ofstream(name) << "begun" << std::endl;
        for (;;)
          ::pause();
      },
      file.name()));
  p.close();
  while (file.lines().empty())
    std::this_thread::yield();
  p.terminate();
  p.join();
  CHECK(results.get().empty());
}

TEMPLATE_TEST_CASE("a worker that died has no exit result, its replacement has", "", crosspool::fork,
                   crosspool::spawn) {
  crosspool::pool<TestType> p{1};
  auto results = p.at_exit([] { return this_worker::pid(); });
  const int before = p.apply(this_worker::pid);
  CHECK_THROWS_AS(p.apply([] { ::raise(SIGKILL); }), worker_died);
  const int after = p.apply(this_worker::pid);
  CHECK(before != after);
  end(p);
  CHECK(values(results.get()) == std::vector<int>{after});
}

TEMPLATE_TEST_CASE("a state whose end takes too long does not keep the pool", "", crosspool::fork, crosspool::spawn) {
  struct Endless {
    Endless() = default;
    Endless(const Endless&) = delete;
    Endless& operator=(const Endless&) = delete;
    ~Endless() {
      for (;;)
        ::pause();
    }
  };
  crosspool::pool p{TestType{}, {.workers = 1, .task_timeout = 50ms}, [] { return Endless(); }};
  CHECK(works(p));
  end(p);
}

TEMPLATE_TEST_CASE("what an exit function returns can be too much", "", crosspool::fork, crosspool::spawn,
                   inline_as<crosspool::fork>) {
  crosspool::pool<TestType> p{1};
  auto results = p.at_exit([] { return std::vector<char>(std::size_t{65} << 20); });
  end(p);
  const auto found = results.get();
  REQUIRE(found.size() == 1);
  CHECK_THROWS_AS(std::rethrow_exception(found[0].error()), error);
}
