// Options of a call that say how it ends and when it is dealt out: fail_fast, stop, priority.
#include <crosspool/crosspool.hpp>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <future>
#include <list>
#include <ranges>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "journal.hpp"
#include "numbers.hpp"

#define POLICIES crosspool::thread, crosspool::fork, crosspool::spawn
#define PROCESSES crosspool::fork, crosspool::spawn

using namespace crosspool;
using namespace std::chrono_literals;

namespace {

int fail_at_five(const std::string& path, int x) {
  note(path, 'x');
  if (x == 5)
    throw std::domain_error("five");
  return x;
}
int die_at_five(const std::string& path, int x) {
  note(path, 'x');
  if (x == 5)
    std::raise(SIGKILL);
  return x;
}
int fail_above_three(const std::string& path, int x) {
  note(path, 'x');
  if (x > 3)
    throw std::domain_error(std::to_string(x));
  return x;
}
std::string fail_in_words(const std::string& path, const std::string& x) {
  return std::to_string(fail_at_five(path, std::stoi(x)));
}
int fail_at_sum(const std::string& path, int x, int y) {
  return fail_at_five(path, x + y);
}

// Item 3 goes on for as long as the gate is closed.
int hold_at_three(const std::string& path, int x) {
  note(path, 'x');
  if (x == 3)
    wait_at_gate(path);
  return x;
}
void note_and_hold(const std::string& path, char what) {
  note(path, what);
  if (what == 'b')
    wait_at_gate(path);
}

bool is_cancelled(const std::exception_ptr& error) {
  try {
    if (error)
      std::rethrow_exception(error);
    return false;
  } catch (const cancelled&) {
    return true;
  } catch (...) {
    return false;
  }
}

// Requests a stop when an item waits at the gate, which only a thread must then be let through.
template <class Policy> class stopper {
public:
  stopper(const journal& items, std::size_t begun)
      : thread_([this, &items, begun] {
          items.wait_for_notes(begun);
          source.request_stop();
          if (Policy::arguments == crossing::shared)
            items.open_gate();
        }) {}
  ~stopper() { thread_.join(); }

  stop_source source;

private:
  std::thread thread_;
};

} // namespace

TEMPLATE_TEST_CASE("by default a call runs all of its items", "", POLICIES) {
  const journal ran;
  pool<TestType> p{2};
  CHECK_THROWS_WITH(p.map(crosspool::bind(fail_above_three, ran.path()), up_to(100)), "4");
  CHECK(ran.notes().size() == 100);
}

TEMPLATE_TEST_CASE("with fail_fast, nothing is begun after an error", "", POLICIES) {
  const std::size_t chunksize = GENERATE(0U, 1U, 20U, 100U);
  pool<TestType> p{1}; // or others begin some until they learn of it
  auto with = p.with({.chunksize = chunksize, .fail_fast = true});
  const auto xs = up_to(1000);
  const std::list<int> in_nodes(xs.begin(), xs.end());
  std::vector<std::string> words;
  std::vector<std::pair<int, int>> pairs;
  for (const int x : xs) {
    words.push_back(std::to_string(x));
    pairs.emplace_back(x, 0);
  }
  const journal ran;
  std::size_t notes = 0;
  const auto ran_six = [&] { return ran.notes().size() == (notes += 6); };
  const auto f = crosspool::bind(fail_at_five, ran.path());
  CHECK_THROWS_AS(with.map(f, xs), std::domain_error);
  CHECK(ran_six());
  CHECK_THROWS_AS(with.map(f, in_nodes), std::domain_error);
  CHECK(ran_six());
  CHECK_THROWS_AS(with.map(crosspool::bind(fail_in_words, ran.path()), words), std::domain_error);
  CHECK(ran_six());
  CHECK_THROWS_AS(with.starmap(crosspool::bind(fail_at_sum, ran.path()), pairs), std::domain_error);
  CHECK(ran_six());
  CHECK_THROWS_AS(with.map_async(f, xs).get(), std::domain_error);
  CHECK(ran_six());
  CHECK_THROWS_AS(with.apply(f, 5), std::domain_error);
  CHECK(works(p));
  CHECK(with.map(square, up_to(50)).size() == 50);
}

TEMPLATE_TEST_CASE("with fail_fast, outcomes are of the items that ran, and the others are cancelled", "", POLICIES) {
  const journal ran;
  pool<TestType> p{1};
  const auto f = crosspool::bind(fail_at_five, ran.path());
  const auto xs = up_to(1000);
  const std::list<int> in_nodes(xs.begin(), xs.end());
  for (const auto& outcomes :
       {p.with({.fail_fast = true}).try_map(f, xs), p.with({.fail_fast = true}).try_map(f, in_nodes)}) {
    REQUIRE(outcomes.size() == 1000);
    for (int i = 0; i < 5; ++i)
      CHECK(outcomes[static_cast<std::size_t>(i)].value() == i);
    CHECK_THROWS_AS(outcomes[5].value(), std::domain_error);
    for (std::size_t i = 6; i < 1000; ++i)
      CHECK(is_cancelled(outcomes[i].error()));
  }
}

TEMPLATE_TEST_CASE("with fail_fast, the error of the lowest item that failed is thrown, however many workers", "",
                   POLICIES) {
  pool<TestType> p{4};
  for (int i = 0; i < 20; ++i) {
    const journal ran;
    const auto outcomes =
        p.with({.fail_fast = true}).try_map(crosspool::bind(fail_above_three, ran.path()), up_to(200));
    bool failed = false;
    for (std::size_t k = 0; k < 200; ++k) {
      if (outcomes[k])
        CHECK(k <= 3);
      else if (!is_cancelled(outcomes[k].error())) {
        CHECK(k > 3);
        failed = true;
      }
    }
    CHECK(failed);
    CHECK_THROWS_AS(p.with({.fail_fast = true}).map(crosspool::bind(fail_above_three, ran.path()), up_to(200)),
                    std::domain_error);
  }
}

TEMPLATE_TEST_CASE("with fail_fast, a source is not read on after an error", "", POLICIES) {
  const journal ran;
  pool<TestType> p{1};
  int read = 0;
  auto endless = std::views::iota(5) | std::views::transform([&](int x) { return ++read, x; });
  CHECK_THROWS_AS(p.with({.fail_fast = true}).map(crosspool::bind(fail_at_five, ran.path()), endless),
                  std::domain_error);
  CHECK(read > 0);
}

TEMPLATE_TEST_CASE("with fail_fast, a worker's death is an error", "", PROCESSES) {
  const journal ran;
  pool<TestType> p{1};
  const auto outcomes = p.with({.fail_fast = true}).try_map(crosspool::bind(die_at_five, ran.path()), up_to(100));
  CHECK(*outcomes[4] == 4);
  CHECK_THROWS_AS(outcomes[5].value(), worker_died);
  CHECK(is_cancelled(outcomes[6].error()));
  CHECK(is_cancelled(outcomes[99].error()));
  CHECK(ran.notes().size() == 6);
  CHECK_THROWS_AS(p.with({.retries = 2, .fail_fast = true}).map(crosspool::bind(die_at_five, ran.path()), up_to(100)),
                  worker_died);
  CHECK(ran.notes().size() == 6 + 8);
}

TEMPLATE_TEST_CASE("with fail_fast, an item's time being over is an error", "", PROCESSES) {
  const journal ran;
  pool<TestType> p{1};
  CHECK_THROWS_AS(
      p.with({.timeout = 50ms, .fail_fast = true}).map(crosspool::bind(hold_at_three, ran.path()), up_to(100)),
      task_timed_out);
  CHECK(ran.notes().size() <= 4);
}

TEST_CASE("with fail_fast, a thread's item whose time is over ends the call") {
  const journal ran;
  thread_pool p{1};
  CHECK_THROWS_AS(
      p.with({.timeout = 50ms, .fail_fast = true}).map(crosspool::bind(hold_at_three, ran.path()), up_to(100)),
      task_timed_out);
  ran.open_gate();
  CHECK(works(p));
  CHECK(ran.notes().size() <= 4);
}

TEMPLATE_TEST_CASE("a call that is to be stopped before it begins runs nothing", "", POLICIES) {
  const journal ran;
  pool<TestType> p{2};
  stop_source source;
  CHECK(source.request_stop());
  CHECK_FALSE(source.request_stop());
  auto with = p.with({.stop = source.get_token()});
  const auto f = crosspool::bind(fail_at_five, ran.path());
  const std::list<int> in_nodes{1, 5};
  CHECK_THROWS_AS(with.map(f, up_to(100)), cancelled);
  CHECK_THROWS_AS(with.map(f, in_nodes), cancelled);
  CHECK_THROWS_AS(with.starmap(f, std::vector<std::tuple<int>>(5)), cancelled);
  CHECK_THROWS_AS(with.apply(f, 1), cancelled);
  CHECK_THROWS_AS(with.map_async(f, up_to(100)).get(), cancelled);
  CHECK_THROWS_AS(with.apply_async(f, 1).get(), cancelled);
  for (const auto& outcomes : {with.try_map(f, up_to(100)), with.try_map(f, std::list<int>(100))}) {
    CHECK(outcomes.size() == 100);
    for (const auto& each : outcomes)
      CHECK(is_cancelled(each.error()));
  }
  CHECK(ran.notes().empty());
  CHECK(works(p));
}

TEMPLATE_TEST_CASE("a stop ends a call while its items run", "", POLICIES) {
  const bool in_place = GENERATE(true, false);
  const journal ran;
  pool<TestType> p{1};
  const auto f = crosspool::bind(hold_at_three, ran.path());
  const auto xs = up_to(1000);
  const std::list<int> in_nodes(xs.begin(), xs.end());
  stopper<TestType> stop(ran, 4);
  SECTION("map throws") {
    auto with = p.with({.stop = stop.source.get_token()});
    if (in_place)
      CHECK_THROWS_AS(with.map(f, xs), cancelled);
    else
      CHECK_THROWS_AS(with.map(f, in_nodes), cancelled);
    CHECK(ran.notes().size() == 4);
  }
  SECTION("try_map gives what there is") {
    auto with = p.with({.chunksize = 1, .stop = stop.source.get_token()});
    const auto outcomes = in_place ? with.try_map(f, xs) : with.try_map(f, in_nodes);
    REQUIRE(outcomes.size() == 1000);
    for (int i = 0; i < 3; ++i)
      CHECK(outcomes[static_cast<std::size_t>(i)].value() == i);
    if (TestType::arguments == crossing::shared) // it has finished
      CHECK(outcomes[3].value() == 3);
    else
      CHECK(is_cancelled(outcomes[3].error()));
    for (std::size_t i = 4; i < 1000; ++i)
      CHECK(is_cancelled(outcomes[i].error()));
  }
  CHECK(works(p));
}

TEMPLATE_TEST_CASE("a stop ends every call with its token, and no other", "", POLICIES) {
  const journal ran;
  pool<TestType> p{1};
  stop_source source;
  auto with = p.with({.stop = source.get_token()});
  auto over = with.map_async(square, up_to(10));
  over.wait();
  auto held = with.map_async(crosspool::bind(hold_at_three, ran.path()), up_to(100));
  auto other = p.map_async(square, up_to(10));
  ran.wait_for_notes(4);
  auto queued = with.apply_async(crosspool::bind(fail_at_five, ran.path()), 1);
  source.request_stop();
  CHECK_THROWS_AS(held.get(), cancelled);
  CHECK_THROWS_AS(queued.get(), cancelled);
  ran.open_gate();
  CHECK(over.get().size() == 10);
  CHECK(other.get().size() == 10);
  CHECK(works(p));
}

TEMPLATE_TEST_CASE("stops from all sides, at any time", "", POLICIES) {
  pool<TestType> p{2};
  const auto xs = up_to(500);
  const std::list<int> in_nodes(xs.begin(), xs.end());
  for (int i = 0; i < 30; ++i) {
    stop_source source;
    std::thread other([&] { source.request_stop(); });
    auto with = p.with({.fail_fast = true, .stop = source.get_token()});
    try {
      const auto results = i % 2 == 0 ? with.map(square, xs) : with.map(square, in_nodes);
      CHECK(results.size() == 500);
    } catch (const cancelled&) {
    }
    CHECK(with.try_map(square, xs).size() == 500);
    other.join();
  }
  CHECK(works(p));
}

TEMPLATE_TEST_CASE("a stop may come when the pool is gone", "", POLICIES) {
  stop_source source;
  future<std::vector<int>> outlives;
  {
    pool<TestType> p{2};
    outlives = p.with({.stop = source.get_token()}).map_async(square, up_to(10));
  }
  source.request_stop();
  CHECK(outlives.get().size() == 10);
}

TEST_CASE("a thread's task may stop its own call") {
  thread_pool p{2};
  stop_source source;
  std::atomic<int> run = 0;
  const auto stop_at_once = [&](int) {
    ++run;
    source.request_stop();
  };
  CHECK_THROWS_AS(p.with({.stop = source.get_token()}).map(stop_at_once, up_to(100'000)), cancelled);
  CHECK(run < 100'000);
}

#ifdef __cpp_lib_jthread
TEMPLATE_TEST_CASE("a stop_token of the standard library does as well", "", POLICIES) {
  const journal ran;
  pool<TestType> p{2};
  std::stop_source source;
  auto with = p.with({.stop = source.get_token()});
  CHECK(with.map(square, up_to(10)).size() == 10);
  auto held = with.map_async(crosspool::bind(hold_at_three, ran.path()), up_to(100));
  ran.wait_for_notes(4);
  source.request_stop();
  CHECK_THROWS_AS(held.get(), cancelled);
  ran.open_gate();
  CHECK_THROWS_AS(with.map(square, up_to(10)), cancelled);
  CHECK(p.with({.stop = std::stop_token()}).map(square, up_to(10)).size() == 10);
}
#endif

TEMPLATE_TEST_CASE("calls of a higher priority come first, those of the same in order", "", POLICIES) {
  const journal ran;
  pool<TestType> p{1};
  const auto f = crosspool::bind(note_and_hold, ran.path());
  auto blocker = p.apply_async(f, 'b');
  ran.wait_for_notes(1);
  const auto call = [&](char what, int priority, std::size_t items) {
    return p.with({.priority = priority}).map_async(f, std::vector<char>(items, what));
  };
  std::vector<future<void>> calls;
  calls.push_back(call('3', 0, 20));
  calls.push_back(call('4', 0, 5));
  calls.push_back(call('1', 7, 20));
  calls.push_back(call('5', -7, 3));
  calls.push_back(call('2', 7, 2));
  calls.push_back(call('0', 8, 1));
  ran.open_gate();
  for (auto& each : calls)
    each.get();
  blocker.get();
  const auto of = [](std::size_t n, char what) { return std::string(n, what); };
  CHECK(ran.notes() == "b0" + of(20, '1') + "22" + of(20, '3') + of(5, '4') + "555");
}
