// What stats() says of the workers, the same for every policy.
#include <crosspool/crosspool.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "numbers.hpp"

#define POLICIES crosspool::thread, crosspool::fork, crosspool::spawn

using namespace crosspool;
using namespace std::chrono_literals;

namespace {

std::size_t tasks_of(const pool_stats& all) {
  return std::accumulate(all.workers.begin(), all.workers.end(), std::size_t{0},
                         [](std::size_t sum, const auto& each) { return sum + each.tasks; });
}
template <class Member> auto sum_of(const pool_stats& all, Member member) {
  auto sum = all.workers.front().*member;
  for (std::size_t i = 1; i < all.workers.size(); ++i)
    sum += all.workers[i].*member;
  return sum;
}

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

// Takes its time, and returns it in seconds.
double work_for(int milliseconds) {
  const auto begin = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() < begin + std::chrono::milliseconds(milliseconds)) {
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}
std::string twice(const std::string& s) {
  return s + s;
}
int die_at_three(int x) {
  return x == 3 ? std::raise(SIGKILL) : x;
}
void throw_it(int) {
  throw std::runtime_error("no");
}

slow_item lasting(std::chrono::nanoseconds time, std::size_t index = 0) {
  return {"map", index, 1, time, 0};
}

} // namespace

TEST_CASE("of all items, the slowest are kept, in order") {
  detail::slowest_items all;
  CHECK(all.list().empty());
  for (std::size_t i = 0; i < 20; ++i) {
    const auto item = lasting(std::chrono::nanoseconds(1 + (i * 7) % 20), i);
    CHECK(all.takes(item.duration) == (all.list().size() < 8 || all.list().back().duration < item.duration));
    all.add(item);
  }
  const auto list = all.list();
  REQUIRE(list.size() == 8);
  for (std::size_t i = 0; i < 8; ++i) {
    CHECK(list[i].duration == std::chrono::nanoseconds(20 - i));
    CHECK((list[i].index * 7) % 20 == 19 - i);
  }
  CHECK_FALSE(all.takes(13ns));
  CHECK(all.takes(14ns));
  detail::slowest_items others;
  others.add(lasting(1h, 99));
  all.add(others);
  CHECK(all.list().front().index == 99);
  CHECK(all.list().size() == 8);
}

TEST_CASE("the clock is looked at often where that costs nothing") {
  using detail::next_stride;
  CHECK(next_stride(1, 0ns) == 2);
  CHECK(next_stride(1, 1h) == 1);
  CHECK(next_stride(1, 5us) == 1);
  CHECK(next_stride(512, 4us) == 1024);
  CHECK(next_stride(1024, 0ns) == 1024);
  CHECK(next_stride(1024, 5us) == 512);
  CHECK(next_stride(1024, 1ms) == 1);
}

TEST_CASE("a stopwatch adds up") {
  detail::stopwatch watch;
  CHECK(watch.total() == 0ns);
  watch.start();
  const auto worked = work_for(1);
  watch.stop();
  const auto once = watch.total();
  CHECK(seconds(once) >= worked);
  CHECK(watch.total() == once);
  watch.start();
  CHECK(watch.total() >= once);
}

TEMPLATE_TEST_CASE("a new pool has done nothing", "", POLICIES) {
  pool<TestType> p{3};
  const auto all = p.stats();
  REQUIRE(all.workers.size() == 3);
  for (const auto& each : all.workers) {
    CHECK(each.tasks == 0);
    CHECK(each.restarts == 0);
    CHECK(each.bytes_sent == 0);
    CHECK(each.bytes_received == 0);
  }
  CHECK(all.slowest.empty());
}

TEMPLATE_TEST_CASE("each item is counted once, whatever the verb and the chunks", "", POLICIES) {
  pool<TestType> p{3};
  std::size_t expected = 0;
  for (const std::size_t chunksize : {0U, 1U, 20U, 100U}) {
    p.with({.chunksize = chunksize}).map(square, up_to(1000));
    CHECK(tasks_of(p.stats()) == (expected += 1000));
    p.with({.chunksize = chunksize}).try_map(square, up_to(333));
    CHECK(tasks_of(p.stats()) == (expected += 333));
    p.with({.chunksize = chunksize}).map_async(square, up_to(500)).get();
    CHECK(tasks_of(p.stats()) == (expected += 500));
    p.with({.chunksize = chunksize}).map(twice, std::vector<std::string>(50, "twice"));
    CHECK(tasks_of(p.stats()) == (expected += 50));
    p.with({.chunksize = chunksize, .timeout = 1min}).map(square, up_to(30));
    CHECK(tasks_of(p.stats()) == (expected += 30));
    p.with({.chunksize = chunksize}).map_reduce(square, up_to(1000), std::plus<>(), 0);
    CHECK(tasks_of(p.stats()) == (expected += 1000));
  }
  p.map(square, std::vector<int>());
  p.apply(square, 2);
  CHECK(tasks_of(p.stats()) == expected + 1);
  CHECK_THROWS_AS(p.apply(throw_it, 2), std::runtime_error);
  CHECK(tasks_of(p.stats()) == expected + 2);
  p.close();
  p.join();
  CHECK(tasks_of(p.stats()) == expected + 2);
}

TEMPLATE_TEST_CASE("the slowest items are named", "", POLICIES) {
  pool<TestType> p{2};
  auto times = std::vector<int>(100, 0);
  times[7] = 30;
  times[42] = 60;
  const auto took = p.with({.chunksize = GENERATE(std::size_t{0}, std::size_t{1})}).map(work_for, times);
  const auto slowest = p.stats().slowest;
  REQUIRE(slowest.size() >= 2);
  CHECK(slowest.size() <= 8);
  // Others may have had to wait for a processor for longer.
  const auto holds = [&](std::size_t index) {
    return std::any_of(slowest.begin(), slowest.end(), [&](const slow_item& each) {
      return each.index <= index && index < each.index + each.count && each.verb == "map" && each.worker >= 0 &&
             each.worker < 2 && seconds(each.duration + 1us) >= took[index];
    });
  };
  CHECK(holds(7));
  CHECK(holds(42));
  for (std::size_t i = 1; i < slowest.size(); ++i)
    CHECK(slowest[i - 1].duration >= slowest[i].duration);
  CHECK(seconds(sum_of(p.stats(), &worker_stats::busy) + 1us) >= took[7] + took[42]);
}

TEMPLATE_TEST_CASE("a slow item of map_reduce is among those of its chunk", "", POLICIES, inline_as<crosspool::spawn>) {
  pool<TestType> p{2};
  auto times = std::vector<int>(95, 0);
  times[93] = 30; // in a chunk that is not full
  CHECK(p.with({.chunksize = 10}).map_reduce(work_for, times, std::plus<>(), 0.0) >= 0.03);
  const auto slowest = p.stats().slowest;
  CHECK(std::any_of(slowest.begin(), slowest.end(), [](const slow_item& each) {
    return each.verb == "map_reduce" && each.index % 10 == 0 && each.index <= 93 && each.index + each.count == 95 &&
           each.duration >= 30ms;
  }));
  CHECK(tasks_of(p.stats()) == 95);
}

TEMPLATE_TEST_CASE("a worker that has nothing to do waits", "", POLICIES) {
  pool<TestType> p{1};
  CHECK(p.apply(square, 2) == 4);
  const auto now = [&] { return p.stats().workers.front(); };
  const auto given = now(); // by a thread, before it waits again
  while (now().waiting == given.waiting)
    std::this_thread::yield();
  const auto before = now();
  const auto worked = work_for(20); // here
  CHECK(seconds(now().waiting - before.waiting + 1us) >= worked);
  p.close();
  p.join();
  const auto at_the_end = p.stats().workers.front();
  work_for(5);
  CHECK(p.stats().workers.front().waiting == at_the_end.waiting);
  CHECK(p.stats().workers.front().busy == at_the_end.busy);
}

TEMPLATE_TEST_CASE("what processes are sent and send back is counted", "", POLICIES) {
  pool<TestType> p{2};
  p.map(twice, std::vector<std::string>(100, std::string(1000, 'x')));
  const auto all = p.stats();
  const auto sent = sum_of(all, &worker_stats::bytes_sent), received = sum_of(all, &worker_stats::bytes_received);
  if (TestType::arguments == crossing::shared) {
    CHECK(sent == 0);
    CHECK(received == 0);
  } else {
    CHECK(sent >= 100'000);
    CHECK(sent < 200'000);
    CHECK(received >= 200'000);
    CHECK(received < 300'000);
  }
}

TEMPLATE_TEST_CASE("a worker that died is counted, and so is the item that it died at", "", crosspool::fork,
                   crosspool::spawn) {
  pool<TestType> p{1};
  CHECK(p.try_map(die_at_three, up_to(10)).size() == 10);
  const auto worker = p.stats().workers.front();
  CHECK(worker.restarts == 1);
  CHECK(worker.tasks == 10);
  CHECK(p.with({.retries = 2}).try_map(die_at_three, up_to(4)).size() == 4);
  CHECK(p.stats().workers.front().tasks == 10 + 3 + 3);
  CHECK(p.apply(square, 1) == 1);
  CHECK(p.stats().workers.front().restarts == 4);
}

TEMPLATE_TEST_CASE("workers that are replaced in good order go on counting", "", crosspool::fork, crosspool::spawn) {
  pool<TestType> p{{.workers = 1, .max_tasks_per_worker = 10}};
  p.map(square, up_to(95));
  CHECK(p.stats().workers.front().tasks == 95);
  CHECK(p.stats().workers.front().restarts == 9);
}

TEMPLATE_TEST_CASE("stats may be asked for while others work", "", POLICIES) {
  pool<TestType> p{2};
  std::atomic<bool> done = false;
  std::thread other([&] {
    while (!done) {
      const auto all = p.stats();
      if (all.workers.size() != 2 || tasks_of(all) > 10'000)
        std::abort();
    }
  });
  for (int i = 0; i < 10; ++i)
    p.map(square, up_to(1000));
  done = true;
  other.join();
  CHECK(tasks_of(p.stats()) == 10'000);
}

TEST_CASE("a process that was forked from the program has no stats") {
  static fork_pool* inherited = nullptr;
  fork_pool p{1};
  inherited = &p;
  fork_pool of_copy{1, [] {}};
  CHECK_THROWS_AS(of_copy.apply([](int) { return inherited->stats().workers.size(); }, 1), pool_closed);
}
