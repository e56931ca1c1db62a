// Workers with a state: what the initializer returns, for the tasks that take it. One suite, run for each policy.
#include <crosspool/crosspool.hpp>

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <functional>
#include <list>
#include <memory>
#include <numeric>
#include <ranges>
#include <span>
#include <string>
#include <thread>
#include <tuple>
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

// Can be neither moved nor copied, nor sent anywhere.
class Model {
public:
  Model(int factor, std::string name) : factor_(factor), name_(std::move(name)) {}
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  [[nodiscard]] int answer(int x) const { return factor_ * x; }
  [[nodiscard]] const std::string& name() const { return name_; }
  int count() { return ++counted_; }

private:
  int factor_;
  std::string name_;
  int counted_ = 0;
  std::unique_ptr<int> own_ = std::make_unique<int>(0);
};

Model load_model(int factor, const std::string& name) {
  return {factor, name};
}

std::vector<int> times(int factor, std::vector<int> xs) {
  for (int& x : xs)
    x *= factor;
  return xs;
}

struct Scaled {
  int by;
  int operator()(const Model& m, int x) const { return by * m.answer(x); }
};

// What a task found out about the worker that ran it.
struct Seen {
  int worker;
  int pid;
  int count;
};
Seen look(Model& m, int) {
  return {this_worker::id(), this_worker::pid(), m.count()};
}

// Says in a file that it has ended.
class Noted {
public:
  explicit Noted(std::string file) : file_(std::move(file)) {}
  Noted(const Noted&) = delete;
  Noted& operator=(const Noted&) = delete;
  ~Noted() { std::ofstream(file_, std::ios::app) << this_worker::id() << std::endl; }

private:
  std::string file_;
};
Noted note(const std::string& file) {
  return Noted(file);
}

} // namespace

TEMPLATE_TEST_CASE("each verb gives the state to a task that takes it", "", POLICIES) {
  const auto xs = up_to(200);
  const auto task = [](Model& m, int x) { return m.answer(x); };
  crosspool::pool p{TestType{}, {.workers = 3}, load_model, 7, "seven"};
  STATIC_REQUIRE(std::is_same_v<decltype(p), crosspool::pool<TestType, Model>>);

  CHECK(p.map(task, xs) == times(7, xs));
  CHECK(p.map(task, up_to(200)) == times(7, xs));
  CHECK(p.map(task, std::vector<int>()).empty());
  CHECK(p.map([](const Model& m, int x, int y) { return m.answer(x) + y; }, xs, xs) == times(8, xs));
  CHECK(p.map(Scaled{2}, xs) == times(14, xs));
  CHECK(p.map(&Model::answer, xs) == times(7, xs));
  CHECK(p.map(crosspool::bind([](int k, Model& m, int x) { return k * m.answer(x); }, 3), xs) == times(21, xs));
  CHECK(p.map([](auto& m, const int& x) { return m.answer(x); }, xs) == times(7, xs));
  CHECK(p.starmap(task, std::vector<std::tuple<int>>{{1}, {2}}) == std::vector<int>{7, 14});
  CHECK(p.apply(task, 6) == 42);
  CHECK(p.apply([](const Model& m) { return m.name(); }) == "seven");
  CHECK(p.map_async(task, xs).get() == times(7, xs));
  CHECK(p.apply_async([](Model& m, const std::string& tail) { return m.name() + tail; }, "!").get() == "seven!");
  CHECK(p.with({.chunksize = 20}).map(task, xs) == times(7, xs));
  CHECK(p.with({.timeout = 60s}).map(task, xs) == times(7, xs)); // a thread pool keeps the function then
  const auto outcomes = p.try_map(
      [](Model& m, int x) {
        if (x == 1)
          throw std::out_of_range("one");
        return m.answer(x);
      },
      {0, 1, 2});
  REQUIRE(outcomes.size() == 3);
  CHECK(*outcomes[2] == 14);
  CHECK_THROWS_AS(outcomes[1].value(), std::out_of_range);
  p.map([](Model& m, int) { m.count(); }, xs); // returns nothing

  const auto sum = std::accumulate(xs.begin(), xs.end(), 0);
  CHECK(p.map_reduce(task, xs, std::plus<>(), 1) == 1 + 7 * sum);
  CHECK(p.map_reduce(Scaled{2}, std::list(xs.begin(), xs.end()), std::plus<>(), 0) == 14 * sum);
  CHECK(p.map_reduce(&Model::answer, std::views::iota(0, 200), std::plus<>(), 0L) == 7 * sum);
  CHECK(p.with({.timeout = 60s}).map_reduce(task, up_to(20), std::plus<>(), 0) == 7 * 190);
}

TEMPLATE_TEST_CASE("a task need not take the state", "", POLICIES) {
  crosspool::pool p{TestType{}, 2, load_model, 7, "seven"};
  CHECK(works(p));
  CHECK(p.map([](auto... x) { return static_cast<int>(sizeof...(x)); }, up_to(3)) == std::vector<int>{1, 1, 1});
  crosspool::pool number{TestType{}, 2, [](int n) { return n; }, 5};
  CHECK(works(number)); // one int is the item
  CHECK(number.map([](const int& state, int x) { return state * x; }, up_to(4)) == times(5, up_to(4)));
}

TEMPLATE_TEST_CASE("a task reads in place behind the state", "", POLICIES) {
  crosspool::pool p{TestType{}, 2, load_model, 7, "seven"};
  const std::vector<std::vector<double>> rows{{1, 2}, {}, {3}};
  CHECK(p.map([](Model&, std::span<const double> row) { return row.size(); }, rows) ==
        std::vector<std::size_t>{2, 0, 1});
}

TEMPLATE_TEST_CASE("the state stays from task to task, one in each worker", "", POLICIES) {
  crosspool::pool p{TestType{}, {.workers = 3}, load_model, 7, "seven"};
  std::vector<int> last(3), ran(3);
  for (int i = 0; i < 3; ++i)
    for (const auto& seen : p.map(look, up_to(100))) {
      auto& most = last.at(static_cast<std::size_t>(seen.worker));
      most = std::max(most, seen.count);
      ++ran.at(static_cast<std::size_t>(seen.worker));
    }
  CHECK(last == ran);
  CHECK(std::accumulate(ran.begin(), ran.end(), 0) == 300);
}

TEMPLATE_TEST_CASE("a replaced worker has a state of its own", "", crosspool::fork, crosspool::spawn) {
  crosspool::pool p{TestType{}, {.workers = 2, .max_tasks_per_worker = 1}, load_model, 7, "seven"};
  for (const auto& seen : p.map(look, up_to(5)))
    CHECK(seen.count == 1);
}

TEMPLATE_TEST_CASE("the state ends with its worker", "", POLICIES) {
  const ScratchFile file;
  std::vector<std::string> expected;
  {
    crosspool::pool p{TestType{}, {.workers = 3}, note, file.name()};
    CHECK(works(p));
    CHECK(file.lines().empty());
    p.close();
    p.join();
    auto ended = file.lines();
    std::sort(ended.begin(), ended.end());
    for (int id = 0; id < p.workers(); ++id)
      expected.push_back(std::to_string(id));
    CHECK(ended == expected);
  }
  CHECK(file.lines().size() == expected.size());
}

TEMPLATE_TEST_CASE("the state ends with each worker that is replaced", "", crosspool::fork, crosspool::spawn) {
  const ScratchFile file;
  std::vector<int> pids;
  {
    crosspool::pool p{TestType{}, {.workers = 2, .max_tasks_per_worker = 2}, note, file.name()};
    pids = p.map([](int) { return this_worker::pid(); }, up_to(10));
  }
  std::sort(pids.begin(), pids.end());
  pids.erase(std::unique(pids.begin(), pids.end()), pids.end());
  CHECK(file.lines().size() >= pids.size()); // some may have been started that came too late
}

TEMPLATE_TEST_CASE("what the initializer returns by reference is copied", "", POLICIES) {
  crosspool::pool p{TestType{}, 2, []() -> const std::string& {
                      static const std::string kept = "kept";
                      return kept;
                    }};
  STATIC_REQUIRE(std::is_same_v<decltype(p), crosspool::pool<TestType, std::string>>);
  CHECK(p.apply([](std::string& s, char c) { return s += c; }, '1') == "kept1");
}

TEMPLATE_TEST_CASE("the policy alone is deduced, too", "", POLICIES) {
  crosspool::pool p{TestType{}, 2};
  STATIC_REQUIRE(std::is_same_v<decltype(p), crosspool::pool<TestType>>);
  CHECK(works(p));
  crosspool::pool with_void{TestType{}, {.workers = 2}, [](int) {}, 3};
  STATIC_REQUIRE(std::is_same_v<decltype(with_void), crosspool::pool<TestType>>);
  crosspool::pool alone{TestType{}};
  STATIC_REQUIRE(std::is_same_v<decltype(alone), crosspool::pool<TestType>>);
  crosspool::pool with_options{TestType{}, options{.workers = 1}};
  CHECK(with_options.workers() == 1);
}

TEMPLATE_TEST_CASE("where the policy is spelled, what the initializer returns is nobody's", "", POLICIES) {
  crosspool::pool<TestType> p({.workers = 2}, load_model, 7, "seven");
  CHECK(works(p));
  crosspool::pool<TestType, Model> spelled({.workers = 2}, load_model, 7, "seven");
  CHECK(spelled.map(&Model::answer, up_to(4)) == times(7, up_to(4)));
}

TEMPLATE_TEST_CASE("an initializer with a state that throws fails the pool", "", POLICIES) {
  const auto refuse = [](int) -> Model { throw std::domain_error("no such model"); };
  CHECK_THROWS_WITH((crosspool::pool{TestType{}, {.workers = 2}, refuse, 1}), Catch::Contains("no such model"));
}

TEMPLATE_TEST_CASE("the workers of a pool in a worker have states of their own", "", POLICIES) {
  crosspool::pool p{TestType{}, 2, load_model, 7, "seven"};
  const auto nested = [](Model& m, int x) {
    crosspool::pool inner{crosspool::thread{}, 2, load_model, 2, "two"};
    return 1000 * m.answer(x) + inner.apply(&Model::answer, x);
  };
  CHECK(p.map(nested, up_to(5)) == times(7002, up_to(5)));
}

TEMPLATE_TEST_CASE("the workers of a pool in a worker leave that one's state alone", "", crosspool::fork,
                   crosspool::spawn) {
  const ScratchFile file;
  {
    crosspool::pool p{TestType{}, 1, note, file.name()};
    CHECK(p.apply([](Noted&) { // its workers are forked from where the state is
      fork_pool inner{2};
      return works(inner);
    }));
    CHECK(file.lines().empty());
  }
  CHECK(file.lines() == std::vector<std::string>{"0"});
}

TEST_CASE("a fork pool's state may refer to what it inherits") {
  int in_parent = 3;
  crosspool::pool p{crosspool::fork{}, 2, [&in_parent] { return &in_parent; }};
  CHECK(p.map([](int*& state, int x) { return *state * x; }, up_to(4)) == times(3, up_to(4)));
}

TEST_CASE("which functions can be mapped with a state") {
  using with_model = detail::stateful<crosspool::fork, Model>;
  using item = std::string;
  STATIC_REQUIRE(mappable<with_model, int (*)(Model&, item), item>);
  STATIC_REQUIRE(mappable<with_model, int (*)(const Model&, item), item>);
  STATIC_REQUIRE(mappable<with_model, int (*)(item), item>);
  STATIC_REQUIRE_FALSE(mappable<with_model, int (*)(Model, item), item>);   // cannot be copied
  STATIC_REQUIRE_FALSE(mappable<with_model, int (*)(Model&&, item), item>); // is not given away
  STATIC_REQUIRE_FALSE(mappable<with_model, int (*)(int&, item), item>);
  STATIC_REQUIRE_FALSE(mappable<with_model, int (*)(item, Model&), item>);
  STATIC_REQUIRE_FALSE(mappable<crosspool::fork, int (*)(Model&, item), item>); // there is none
  // A conversion would give each item a state of its own.
  STATIC_REQUIRE_FALSE(mappable<detail::stateful<crosspool::fork, int>, int (*)(const double&, item), item>);
}
