// Values that go to each worker once. One suite, run for each policy; and what only processes do.
#include <crosspool/crosspool.hpp>

#include <cereal/types/map.hpp>

#include <atomic>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "numbers.hpp"

#define POLICIES                                                                                                       \
  crosspool::thread, crosspool::fork, crosspool::spawn, inline_as<crosspool::thread>, inline_as<crosspool::fork>

using namespace crosspool;

namespace {

using Table = std::map<int, std::string>;
using Numbers = std::vector<int>;

Table names() {
  return {{0, "zero"}, {1, "one"}, {2, "two"}};
}

// Counts, in each process, how often it is loaded.
std::atomic<int> loads = 0;
struct Counted {
  std::vector<int> values;
  template <class Archive> void save(Archive& to) const { to(values); }
  template <class Archive> void load(Archive& from) {
    ++loads;
    from(values);
  }
};

int at(const broadcasted<Numbers>& numbers, std::size_t i) {
  return numbers->at(i);
}

struct Lookup {
  broadcasted<Table> table;
  std::string operator()(int key) const { return table->at(key); }
};
struct Job {
  int key;
  broadcasted<Table> table;
};

} // namespace

TEMPLATE_TEST_CASE("tasks read a broadcast value however they get its handle", "", POLICIES) {
  crosspool::pool<TestType> p{2};
  const auto table = p.broadcast(names());
  STATIC_REQUIRE(std::is_same_v<decltype(table), const broadcasted<Table>>);
  const std::vector<std::string> expected{"two", "zero", "one"};
  const std::vector<int> keys{2, 0, 1};

  CHECK(p.map(crosspool::bind([](const broadcasted<Table>& t, int key) { return t->at(key); }, table), keys) ==
        expected);
  CHECK(p.map(Lookup{table}, keys) == expected);
  CHECK(p.map([](const Job& job) { return job.table->at(job.key); },
              std::vector<Job>{{2, table}, {0, table}, {1, table}}) == expected);
  CHECK(p.apply([](const broadcasted<Table>& t) { return (*t).size(); }, table) == 3);
  CHECK(p.map_async(Lookup{table}, keys).get() == expected);
}

TEMPLATE_TEST_CASE("what can be broadcast", "", POLICIES) {
  crosspool::pool<TestType> p{2};
  const auto text = p.broadcast("a literal");
  STATIC_REQUIRE(std::is_same_v<decltype(text), const broadcasted<std::string>>);
  CHECK(p.apply([](const broadcasted<std::string>& t) { return *t; }, text) == "a literal");
  CHECK(p.apply([](const broadcasted<int>& n) { return *n; }, p.broadcast(7)) == 7);
  CHECK(p.apply([](const broadcasted<Numbers>& n) { return n->empty(); }, p.broadcast(Numbers())));
  // What can only be moved.
  const auto owned = p.broadcast(std::make_unique<int>(5));
  CHECK(p.apply([](const broadcasted<std::unique_ptr<int>>& n) { return **n; }, owned) == 5);
  const Numbers given = up_to(100);
  const auto copied = p.broadcast(given);
  CHECK(p.map(crosspool::bind(at, copied), std::vector<std::size_t>{99, 0}) == Numbers{99, 0});
}

TEMPLATE_TEST_CASE("a large value and many at once", "", POLICIES) {
  crosspool::pool<TestType> p{2};
  const auto large = p.broadcast(up_to(3'000'000));
  std::vector<broadcasted<Numbers>> many;
  for (int i = 0; i < 40; ++i)
    many.push_back(p.broadcast(Numbers{i, 2 * i}));
  CHECK(p.map(at, many, std::vector<std::size_t>(40, 1)) == p.map([](int i) { return 2 * i; }, up_to(40)));
  CHECK(p.apply(at, large, std::size_t{2'999'999}) == 2'999'999);
}

TEMPLATE_TEST_CASE("a handle may end before the call that was given it", "", POLICIES) {
  crosspool::pool<TestType> p{1};
  std::vector<future<std::vector<int>>> results;
  for (int i = 0; i < 20; ++i) // the next is put where a value that nobody keeps has been
    results.push_back(p.map_async(crosspool::bind(at, p.broadcast(Numbers{i})), std::vector<std::size_t>(3, 0)));
  std::vector<future<int>> more;
  for (int i = 0; i < 20; ++i)
    more.push_back(p.apply_async(at, p.broadcast(Numbers{i}), std::size_t{0}));
  for (int i = 0; i < 20; ++i) {
    CHECK(results[static_cast<std::size_t>(i)].get() == Numbers(3, i));
    CHECK(more[static_cast<std::size_t>(i)].get() == i);
  }
}

TEMPLATE_TEST_CASE("a handle outlives its pool", "", POLICIES) {
  std::optional<broadcasted<Table>> left;
  {
    crosspool::pool<TestType> p{1};
    left = p.broadcast(names());
    CHECK(p.map(Lookup{*left}, std::vector<int>{1}) == std::vector<std::string>{"one"});
  }
  const auto copy = *left;
  left.reset();
}

TEMPLATE_TEST_CASE("nothing is broadcast to a closed pool", "", POLICIES) {
  crosspool::pool<TestType> p{1};
  p.close();
  CHECK_THROWS_AS(p.broadcast(1), pool_closed);
}

TEMPLATE_TEST_CASE("threads share one value", "", crosspool::thread, inline_as<crosspool::thread>) {
  crosspool::pool<TestType> p{2};
  const auto table = p.broadcast(names());
  CHECK(table->at(1) == "one");
  CHECK(p.apply([](const broadcasted<Table>& t) { return &*t; }, table) == &*table);
}

TEMPLATE_TEST_CASE("a worker process reads a value once", "", crosspool::fork, crosspool::spawn,
                   inline_as<crosspool::fork>) {
  loads = 0;
  crosspool::pool<TestType> p{2};
  const auto counted = p.broadcast(Counted{up_to(10)});
  const auto other = p.broadcast(Counted{up_to(20)});
  struct Found {
    int worker, loads;
  };
  const auto task = [](const broadcasted<Counted>& c, const broadcasted<Counted>& o, int) {
    return Found{c->values.size() == 10 && o->values.size() == 20 ? this_worker::id() : -1, loads};
  };
  for (int i = 0; i < 3; ++i)
    for (const auto& found : p.with({.chunksize = 1}).map(crosspool::bind(task, counted, other), up_to(100))) {
      CHECK(found.worker >= 0);
      CHECK(found.loads == 2);
    }
}

TEMPLATE_TEST_CASE("a replaced worker reads it anew", "", crosspool::fork, crosspool::spawn) {
  crosspool::pool<TestType> p{{.workers = 1, .max_tasks_per_worker = 1}};
  const auto numbers = p.broadcast(up_to(10));
  CHECK(p.map(crosspool::bind(at, numbers), std::vector<std::size_t>{3, 4, 5}) == Numbers{3, 4, 5});
}

TEMPLATE_TEST_CASE("a worker keeps what it has read only while somebody can ask for it", "", crosspool::fork,
                   crosspool::spawn, inline_as<crosspool::fork>) {
  crosspool::pool<TestType> p{1};
  struct Watched {
    std::shared_ptr<int> value;
  };
  // The last value is still held when the next one comes, and no longer.
  const auto remember = [](const broadcasted<Watched>& w) {
    static std::vector<std::weak_ptr<int>> seen;
    seen.push_back(w->value);
    int alive = 0;
    for (const auto& each : seen)
      alive += each.expired() ? 0 : 1;
    return alive;
  };
  for (int i = 0; i < 50; ++i)
    CHECK(p.apply(remember, p.broadcast(Watched{std::make_shared<int>(i)})) <= 2);
}

TEMPLATE_TEST_CASE("a handle means nothing to another pool", "", crosspool::fork, crosspool::spawn,
                   inline_as<crosspool::fork>) {
  crosspool::pool<TestType> p{1}, other{1};
  const auto numbers = p.broadcast(Numbers{1});
  const auto others = other.broadcast(Numbers{2}); // lies where the first does
  CHECK_THROWS_AS(other.apply(at, numbers, std::size_t{0}), error);
  CHECK_THROWS_AS(other.map(crosspool::bind(at, numbers), std::vector<std::size_t>{0}), error);
  CHECK(other.apply(at, others, std::size_t{0}) == 2);
  CHECK(works(other));

  thread_pool threads{1};
  CHECK_THROWS_AS(threads.apply(at, numbers, std::size_t{0}), error);
  CHECK_THROWS_AS(other.apply(at, threads.broadcast(Numbers{3}), std::size_t{0}), error);
}

TEMPLATE_TEST_CASE("where a broadcast value cannot be read", "", crosspool::fork, crosspool::spawn,
                   inline_as<crosspool::fork>) {
  crosspool::pool<TestType> p{1};
  const auto numbers = p.broadcast(Numbers{1});
  CHECK_THROWS_AS(*numbers, error); // in the program
  CHECK_THROWS_AS(*broadcasted<int>(), error);
  CHECK_THROWS_AS(p.apply(at, broadcasted<Numbers>(), std::size_t{0}), error);
  CHECK_THROWS_AS(p.apply([](const broadcasted<Numbers>& n) { return n; }, numbers), error); // it is not the worker's
  CHECK(p.apply(at, numbers, std::size_t{0}) == 1);
}

TEST_CASE("a handle crosses where its value does") {
  STATIC_REQUIRE(crossable<broadcasted<Table>>);
  STATIC_REQUIRE_FALSE(crossable<broadcasted<int*>>);
  STATIC_REQUIRE_FALSE(crossable_to<broadcasted<int*>, crosspool::fork>);
}
