// What happens to items when workers end again and again, are replaced under load, run out of memory or time, are
// cancelled or terminated: none is lost, none is run twice, none costs another.
#include <crosspool/crosspool.hpp>

#include <chrono>
#include <cstdint>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "child.hpp"
#include "faults.hpp"
#include "numbers.hpp"

#define PROCESSES crosspool::fork, crosspool::spawn

using namespace crosspool;
using namespace faults;
using namespace std::chrono_literals;

namespace {

int pid_of(int) {
  return this_worker::pid();
}
bool is_stopped(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  std::getline(stat, line);
  const auto name_end = line.rfind(')');
  return name_end != std::string::npos && line.compare(name_end, 3, ") T") == 0;
}
std::size_t wrong_runs(const notebook& book, std::size_t count, int times = 1) {
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < count; ++i)
    wrong += book->runs[i] == times ? 0U : 1U;
  return wrong;
}
// Items that have not the value that they should have.
std::size_t wrong_values(const std::vector<int>& values, std::size_t count) {
  std::size_t wrong = values.size() == count ? 0 : 1;
  for (std::size_t i = 0; i < values.size(); ++i)
    wrong += values[i] == square(static_cast<int>(i)) ? 0U : 1U;
  return wrong;
}

int count_and_square(int x) {
  ++noted->runs[x];
  return square(x);
}

// Ends its worker at one item, in each run up to the given number of runs.
int end_for_so_long(cause what, int at, int runs, int x) {
  const int run = ++noted->runs[x];
  if (x == at && run <= runs)
    come_to_an_end(what);
  return square(x);
}

int wait_for_gate(int x) {
  ++noted->runs[x];
  ++noted->waiting;
  while (noted->gate == 0)
    std::this_thread::yield();
  return this_worker::pid();
}

} // namespace

TEMPLATE_TEST_CASE("an item that ends every worker is given up after its retries, and costs no other", "", PROCESSES) {
  const notebook book;
  pool<TestType> p{{.workers = 2, .grace_period = 20ms}, open_notes, book.path()};
  constexpr int always = 1'000'000;
  for (const auto what : {cause::sigkill, cause::exit_0, cause::hang})
    for (const unsigned retries : {0U, 1U, 3U})
      for (const std::size_t chunksize : {1U, 0U, 7U}) {
        const bool hangs = what == cause::hang;
        if (hangs && (chunksize != 0 || retries > 1))
          continue;
        INFO(end_by(what).name << ", retries " << retries << ", chunksize " << chunksize);
        const guard guarded("retries");
        book.forget_runs();
        const call_options o{.chunksize = chunksize, .timeout = hangs ? 1s : 0s, .retries = retries};
        auto all = p.with(o).try_map(crosspool::bind(end_for_so_long, what, 13, always), up_to(40));
        REQUIRE(all.size() == 40);
        for (std::size_t i = 0; i < 40; ++i)
          if (i == 13) {
            if (hangs)
              CHECK_THROWS_AS(all[i].value(), task_timed_out);
            else
              CHECK_THROWS_AS(all[i].value(), worker_died);
            CHECK(book->runs[i] == static_cast<int>(retries) + 1);
          } else {
            CHECK(all[i].value() == static_cast<int>(i * i));
            CHECK(book->runs[i] == 1);
          }
        CHECK(works(p));
      }
}

TEMPLATE_TEST_CASE("an item that ends the first workers only has its value after retries", "", PROCESSES) {
  const notebook book;
  pool<TestType> p{2, open_notes, book.path()};
  for (const auto& [runs, retries] : {std::pair{1, 1U}, std::pair{3, 3U}, std::pair{2, 5U}})
    for (const std::size_t chunksize : {1U, 0U, 7U}) {
      const guard guarded("retries that help");
      book.forget_runs();
      const auto f = crosspool::bind(end_for_so_long, cause::sigsegv, 13, runs);
      CHECK(wrong_values(p.with({.chunksize = chunksize, .retries = retries}).map(f, up_to(40)), 40) == 0);
      CHECK(book->runs[13] == runs + 1);
      book->runs[13] = 1;
      CHECK(wrong_runs(book, 40) == 0);
      book.forget_runs();
      CHECK(p.with({.retries = retries}).apply(f, 13) == 169);
      CHECK(p.with({.retries = retries}).apply_async(f, 12).get() == 144);
      CHECK(book->runs[13] == runs + 1);
    }
}

TEMPLATE_TEST_CASE("workers are recycled under load, and no item is lost or repeated", "", PROCESSES) {
  const guard guarded("recycling");
  for (const std::size_t most : {1U, 7U, 50U})
    for (const std::size_t chunksize : {1U, 0U, 7U}) {
      INFO("max_tasks_per_worker " << most << ", chunksize " << chunksize);
      const std::size_t count = most == 1 ? 100 : 1'000;
      const notebook book;
      pool<TestType> p{{.workers = 3, .max_tasks_per_worker = most}, open_notes, book.path()};
      CHECK(wrong_values(p.with({.chunksize = chunksize}).map(count_and_square, up_to(static_cast<int>(count))),
                         count) == 0);
      CHECK(wrong_runs(book, count) == 0);
      book.forget_runs();
      std::vector<future<int>> later;
      for (std::size_t i = 0; i < count; ++i)
        later.push_back(p.apply_async(count_and_square, static_cast<int>(i)));
      p.close();
      std::size_t wrong = 0;
      for (std::size_t i = 0; i < count; ++i)
        wrong += later[i].get() == square(static_cast<int>(i)) ? 0U : 1U;
      CHECK(wrong == 0);
      CHECK(wrong_runs(book, count) == 0);
    }
}

TEMPLATE_TEST_CASE("workers that leak are replaced under load, and no item is lost or repeated", "", PROCESSES) {
  const guard guarded("leaks");
  constexpr std::size_t count = 600;
  const auto leak = [](int x) {
    ++noted->runs[x];
    static std::vector<std::vector<char>> leaked;
    leaked.emplace_back(std::size_t{1} << 20U, static_cast<char>(x));
    const auto until = std::chrono::steady_clock::now() + 100us; // it may be looked at once a millisecond
    while (std::chrono::steady_clock::now() < until) {
    }
    return std::pair(square(x), this_worker::pid());
  };
  for (const std::size_t chunksize : {1U, 0U, 7U}) {
    const notebook book;
    pool<TestType> p{{.workers = 3, .max_memory_per_worker = std::size_t{16} << 20U}, open_notes, book.path()};
    std::set<int> pids;
    std::size_t wrong = 0;
    const auto all = p.with({.chunksize = chunksize}).map(leak, up_to(static_cast<int>(count)));
    REQUIRE(all.size() == count);
    for (std::size_t i = 0; i < count; ++i) {
      wrong += all[i].first == square(static_cast<int>(i)) ? 0U : 1U;
      pids.insert(all[i].second);
    }
    CHECK(wrong == 0);
    CHECK(wrong_runs(book, count) == 0);
    CHECK(pids.size() > 6);
  }
}

TEMPLATE_TEST_CASE("an item that needs too much memory fails alone", "", PROCESSES) {
  if (with_asan) // which does not live with so little
    return;
  const guard guarded("memory_limit");
  const notebook book;
  pool<TestType> p{{.workers = 2, .memory_limit = std::size_t{64} << 20U}, open_notes, book.path()};
  const auto take = [](int x) {
    ++noted->runs[x];
    if (x % 10 == 3)
      take_all_memory();
    return std::vector<char>(std::size_t{8} << 20U, static_cast<char>(x)).back() + this_worker::pid() * 1000;
  };
  std::set<int> pids;
  for (int round = 0; round < 5; ++round) {
    book.forget_runs();
    auto all = p.try_map(take, up_to(40));
    for (std::size_t i = 0; i < all.size(); ++i)
      if (i % 10 == 3)
        CHECK_THROWS_AS(all[i].value(), memory_limit_exceeded);
      else {
        CHECK(all[i].value() % 1000 == static_cast<int>(i));
        pids.insert(all[i].value() / 1000);
      }
    CHECK(wrong_runs(book, 40) == 0);
  }
  CHECK(pids.size() <= 2); // nobody had to die
}

TEMPLATE_TEST_CASE("items that each keep to their time are left alone, whatever is before and behind them", "",
                   PROCESSES) {
  const guard guarded("items that keep to their time");
  // Many are with a worker ahead of time, as the first are quick; those that come then take far longer in all.
  constexpr int quick = 2'000, slow = 80;
  const notebook book;
  pool<TestType> p{{.workers = 2, .task_timeout = 1s}, open_notes, book.path()};
  const auto pid_after_a_while = [](int x) {
    ++noted->runs[x];
    if (x >= quick)
      ::usleep(50'000);
    return this_worker::pid();
  };
  std::set<int> pids;
  for (const std::size_t chunksize : {1U, 0U})
    for (const int pid : p.with({.chunksize = chunksize}).map(pid_after_a_while, up_to(quick + slow)))
      pids.insert(pid);
  CHECK(pids.size() <= 2);
  CHECK(wrong_runs(book, quick + slow, 2) == 0);
}

TEMPLATE_TEST_CASE("terminate ends thousands of pending items at once", "", PROCESSES) {
  const guard guarded("terminate");
  for (const int items_a_call : {1, 10'000}) {
    const notebook book;
    pool<TestType> p{2, open_notes, book.path()};
    std::vector<future<int>> each;
    future<std::vector<int>> all;
    const auto gate = [](int) { return wait_for_gate(0); };
    if (items_a_call == 1)
      for (int i = 0; i < 10'000; ++i)
        each.push_back(p.apply_async(gate, i));
    else
      all = p.map_async(gate, up_to(10'000));
    while (book->waiting == 0)
      std::this_thread::yield();
    const auto begun = std::chrono::steady_clock::now();
    p.terminate();
    p.join();
    CHECK(std::chrono::steady_clock::now() - begun < 10s);
    for (auto& f : each) {
      REQUIRE(f.ready());
      CHECK_THROWS_AS(f.get(), cancelled);
    }
    if (each.empty())
      CHECK_THROWS_AS(all.get(), cancelled);
    CHECK(book->waiting <= 2);
    CHECK(childless());
  }
  const notebook book;
  pool<TestType> p{2, open_notes, book.path()};
  std::thread terminating([&] {
    while (book->waiting == 0)
      std::this_thread::yield();
    p.terminate();
  });
  std::size_t right = 0;
  const auto outcomes = p.try_map([](int) { return wait_for_gate(0); }, up_to(10'000));
  terminating.join();
  for (const auto& outcome : outcomes)
    try {
      std::rethrow_exception(outcome.error());
    } catch (const cancelled&) {
      ++right;
    }
  CHECK(outcomes.size() == 10'000);
  CHECK(right == outcomes.size());
}

TEMPLATE_TEST_CASE("to cancel a running item costs its worker, and no other item", "", PROCESSES) {
  const guard guarded("cancel");
  const notebook book;
  pool<TestType> p{{.workers = 2, .grace_period = 20ms}, open_notes, book.path()};
  const auto running = [&](int n) {
    while (book->waiting != n)
      std::this_thread::yield();
  };
  auto first = p.apply_async(wait_for_gate, 0);
  auto second = p.apply_async(wait_for_gate, 1);
  running(2);
  std::vector<future<int>> queued; // behind both
  for (int i = 2; i < 50; ++i)
    queued.push_back(p.apply_async(count_and_square, i));
  auto dropped = p.apply_async(count_and_square, 50);
  CHECK(dropped.cancel());
  CHECK_THROWS_AS(dropped.get(), cancelled);
  CHECK(first.cancel());
  CHECK_THROWS_AS(first.get(), cancelled);
  for (int i = 2; i < 50; ++i) // by the replacement: the other still waits
    CHECK(queued[static_cast<std::size_t>(i) - 2].get() == i * i);
  CHECK_FALSE(second.ready());
  const int replacement = p.apply(pid_of, 0);
  book->gate = 1;
  CHECK(second.get() != replacement);
  CHECK(book->runs[50] == 0);
  CHECK(wrong_runs(book, 50) == 0);
  CHECK_FALSE([&] {
    auto done = p.apply_async(square, 3);
    done.wait();
    return done.cancel();
  }());
}

TEMPLATE_TEST_CASE("a worker that somebody has stopped does not keep the items that it was given", "", PROCESSES) {
  pool<TestType> p{{.workers = 2, .grace_period = 20ms}};
  const guard guarded("stopped");
  for (int i = 0; i < 2; ++i) { // then both have been met
    const auto worker = p.apply(pid_of, 0);
    ::kill(worker, SIGSTOP);
    while (!is_stopped(worker))
      std::this_thread::yield();
    if (i == 0)
      CHECK(p.with({.timeout = 1s}).map(square, up_to(2)) == std::vector{0, 1});
  }
  CHECK(p.with({.timeout = 1s}).apply(square, 7) == 49);
  CHECK(works(p));
}
