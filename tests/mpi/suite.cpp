// What a pool does over ranks, however many there are: run with one, two, three and four.
#include <crosspool/crosspool.hpp>
#include <crosspool/mpi.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <numeric>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <unistd.h>
#include <utility>
#include <vector>

#include "../catch.hpp"
#include "../numbers.hpp"

using namespace crosspool;
using namespace std::chrono_literals;

namespace {

int ranks_that_serve() {
  int count = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &count);
  return std::max(count - 1, 1);
}

// In a process forked by a rank, still that rank's.
const int pid_of_rank = this_worker::pid();

int who(int) {
  return this_worker::id();
}
int sum(int a, int b) {
  return a + b;
}

struct Model {
  std::string name;
  int asked = 0;
};
Model load_model(const std::string& name, int asked) {
  return {name, asked};
}

std::string describe(Model& model, int item) {
  ++model.asked;
  return model.name + std::to_string(item);
}

struct Unheard : std::runtime_error {
  using std::runtime_error::runtime_error;
};
int throw_variously(int x) {
  if (x == 1)
    throw std::invalid_argument("one");
  if (x == 2)
    throw Unheard("two");
  return x;
}
int die_at_three(int x) {
  if (x == 3)
    std::raise(SIGKILL);
  return x;
}
int hang_at_two(int x) {
  while (x == 2)
    std::this_thread::sleep_for(1h);
  return x;
}
std::uint64_t draw(int) {
  return this_worker::rng()();
}
std::unique_ptr<int> increment(std::unique_ptr<int> p) {
  ++*p;
  return p;
}

// Bytes that depend on their place, so that what is missing or in another place shows.
std::vector<std::uint64_t> pattern(std::size_t bytes, std::uint64_t seed) {
  std::vector<std::uint64_t> all(bytes / sizeof(std::uint64_t));
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = seed + i * 0x9e3779b97f4a7c15U;
  return all;
}
std::vector<std::uint64_t> turn_over(std::vector<std::uint64_t> all) {
  std::reverse(all.begin(), all.end());
  return all;
}

} // namespace

TEST_CASE("each rank that serves has its workers") {
  mpi_pool p{2};
  CHECK(p.workers() == 2 * ranks_that_serve());
  const auto items = up_to(400);
  const auto found = p.with({.chunksize = 1}).map(who, items);
  for (const int id : found) {
    CHECK(id >= 0);
    CHECK(id < p.workers());
  }
}

TEST_CASE("all ranks get something to do, and none but those that serve") {
  mpi_pool p{1};
  // Nobody takes a second item before each has one.
  const auto pids = p.with({.chunksize = 1})
                        .map(
                            +[](int) {
                              std::this_thread::sleep_for(20ms);
                              return pid_of_rank;
                            },
                            up_to(4 * p.workers()));
  const std::set<int> different(pids.begin(), pids.end());
  CHECK(different.size() == static_cast<std::size_t>(ranks_that_serve()));
  if (ranks_that_serve() > 1)
    CHECK(different.count(this_worker::pid()) == 0);
}

TEST_CASE("verbs") {
  mpi_pool p{2};
  CHECK(works(p));
  CHECK(p.map(sum, up_to(3), up_to(3)) == std::vector{0, 2, 4});
  CHECK(p.starmap(sum, std::vector<std::pair<int, int>>{{1, 2}, {3, 4}}) == std::vector{3, 7});
  CHECK(p.apply(sum, 1, 2) == 3);
  CHECK(p.map_async(square, up_to(100)).get().at(99) == 99 * 99);
  CHECK(p.apply_async(square, 7).get() == 49);
  CHECK(p.map_reduce(square, up_to(1000), std::plus<>(), 0) == 332833500);
  int expected = 0;
  for (const int y : p.imap(square, up_to(1000))) {
    CHECK(y == expected * expected);
    ++expected;
  }
  CHECK(expected == 1000);
  long total = 0;
  for (const int y : p.imap_unordered(square, up_to(1000)))
    total += y;
  CHECK(total == 332833500);
  CHECK(p.map(square, std::vector<int>()).empty());
  p.map(+[](int) {}, up_to(10));
}

TEST_CASE("many small items") {
  mpi_pool p{2};
  const auto items = up_to(100000);
  const auto sums = p.map(+[](int x) { return x + 1; }, items);
  REQUIRE(sums.size() == items.size());
  bool right = true;
  for (std::size_t i = 0; i < items.size(); ++i)
    right = right && sums[i] == items[i] + 1;
  CHECK(right);
}

TEST_CASE("large arguments and results") {
  mpi_pool p{1};
  const std::size_t size = sanitized ? std::size_t{1} << 22U : std::size_t{1} << 26U;
  std::vector<std::vector<std::uint64_t>> blocks;
  for (std::uint64_t i = 0; i < 3; ++i)
    blocks.push_back(pattern(size + i * 8, i));
  const auto turned = p.map(turn_over, blocks);
  REQUIRE(turned.size() == 3);
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(turn_over(turned[i]) == blocks[i]);
  // Read in place.
  const auto sums = p.map(
      +[](std::span<const std::uint64_t> all) { return std::accumulate(all.begin(), all.end(), std::uint64_t{0}); },
      blocks);
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(sums[i] == std::accumulate(blocks[i].begin(), blocks[i].end(), std::uint64_t{0}));
}

TEST_CASE("move-only arguments and results") {
  mpi_pool p{1};
  CHECK(*p.apply(increment, std::make_unique<int>(41)) == 42);
}

TEST_CASE("the initializer leaves a state in each worker, wherever that is") {
  crosspool::pool p{crosspool::mpi{}, 2, load_model, "model ", 0};
  const auto described = p.map(describe, up_to(20));
  for (int i = 0; i < 20; ++i)
    CHECK(described[static_cast<std::size_t>(i)] == "model " + std::to_string(i));
  auto asked = p.at_exit([](Model& model) { return model.asked; });
  p.close();
  p.join();
  int all = 0;
  const auto results = asked.get();
  CHECK(results.size() == static_cast<std::size_t>(p.workers()));
  for (const auto& each : results)
    all += *each;
  CHECK(all == 20);
}

TEST_CASE("an initializer that throws fails the pool, with the rank named") {
  try {
    mpi_pool p{1, [] { throw std::domain_error("no model"); }};
    FAIL("it started");
  } catch (const start_failed& e) {
    CHECK_THAT(e.what(), Catch::Contains("std::domain_error: no model") && Catch::Contains("(on rank "));
  }
  mpi_pool p{1};
  CHECK(works(p));
}

TEST_CASE("an initializer that dies fails the pool") {
  CHECK_THROWS_AS((mpi_pool{1, [] { std::raise(SIGKILL); }}), start_failed);
}

TEST_CASE("exceptions come as their own types, or as remote_error") {
  mpi_pool p{2};
  const auto outcomes = p.try_map(throw_variously, up_to(4));
  CHECK(*outcomes[0] == 0);
  CHECK_THROWS_AS(outcomes[1].value(), std::invalid_argument);
  try {
    outcomes[2].value();
    FAIL("no error");
  } catch (const remote_error& e) {
    CHECK_THAT(e.type(), Catch::Contains("Unheard"));
    CHECK(e.what() == std::string("two"));
  }
  CHECK(*outcomes[3] == 3);
  CHECK_THROWS_AS(p.map(throw_variously, up_to(4)), std::invalid_argument);
}

TEST_CASE("a crash costs one item, and says where") {
  mpi_pool p{2};
  const auto outcomes = p.try_map(die_at_three, up_to(8));
  for (std::size_t i = 0; i < 8; ++i)
    CHECK(outcomes[i].has_value() == (i != 3));
  try {
    outcomes[3].value();
  } catch (const worker_died& e) {
    CHECK(e.item() == 3);
    CHECK(e.signal() == SIGKILL);
    CHECK_THAT(e.what(), Catch::Contains("item 3 of try_map") && Catch::Contains("(on rank "));
  }
  CHECK(works(p));
}

TEST_CASE("an item that takes too long is stopped") {
  mpi_pool p{2};
  const auto outcomes = p.with({.timeout = 100ms}).try_map(hang_at_two, up_to(5));
  for (std::size_t i = 0; i < 5; ++i)
    CHECK(outcomes[i].has_value() == (i != 2));
  try {
    outcomes[2].value();
  } catch (const task_timed_out& e) {
    CHECK(e.item() == 2);
  }
  CHECK(works(p));
}

TEST_CASE("an item that was lost is run again") {
  mpi_pool p{2};
  // A pid is another's in the next try: one process in two dies of it, or so.
  const auto outcomes = p.with({.retries = 50})
                            .try_map(
                                +[](int) {
                                  if (this_worker::pid() % 2 == 0)
                                    std::raise(SIGKILL);
                                  return this_worker::pid();
                                },
                                up_to(4));
  for (const auto& each : outcomes)
    CHECK(*each % 2 == 1);
}

TEST_CASE("random numbers are those of any other policy") {
  const options seeded{.workers = 2, .seed = 17};
  mpi_pool p{seeded};
  thread_pool threads{seeded};
  fork_pool forked{seeded};
  const auto drawn = p.map(draw, up_to(500));
  CHECK(drawn == threads.map(draw, up_to(500)));
  CHECK(drawn == forked.map(draw, up_to(500)));
  CHECK(p.with({.chunksize = 7}).map(draw, up_to(50)) == threads.map(draw, up_to(50)));
}

TEST_CASE("broadcast values") {
  mpi_pool p{2};
  auto value = p.broadcast(pattern(100000, 5));
  const auto expected = pattern(100000, 5);
  const auto read = [](const broadcasted<std::vector<std::uint64_t>>& all, int i) {
    return (*all)[static_cast<std::size_t>(i)];
  };
  const auto found = p.map(crosspool::bind(read, value), up_to(1000));
  for (std::size_t i = 0; i < found.size(); ++i)
    CHECK(found[i] == expected[i]);
  auto other = p.broadcast(std::string("other"));
  CHECK(p.apply([](const broadcasted<std::string>& s) { return *s; }, other) == "other");
  value = {};
  for (int i = 0; i < 20; ++i) { // what is not needed any more makes room
    const auto one = p.broadcast(i);
    CHECK(p.map([](const broadcasted<int>& x) { return *x; }, std::vector(5, one)) == std::vector(5, i));
  }
  auto at_end = p.at_exit(crosspool::bind([](const broadcasted<std::string>& s) { return *s; }, other));
  p.close();
  p.join();
  for (const auto& each : at_end.get())
    CHECK(*each == "other");
}

TEST_CASE("a call can be cancelled") {
  mpi_pool p{2};
  auto call = p.map_async(hang_at_two, std::vector(100, 2));
  CHECK(call.cancel());
  CHECK_THROWS_AS(call.get(), cancelled);
  CHECK(works(p));
}

TEST_CASE("a pool can be terminated while its items run") {
  mpi_pool p{2};
  auto call = p.map_async(hang_at_two, std::vector(100, 2));
  p.terminate();
  p.join();
  CHECK_THROWS_AS(call.get(), cancelled);
  CHECK_THROWS_AS(p.apply(square, 1), pool_closed);
}

TEST_CASE("with fail_fast, the first error ends the call") {
  mpi_pool p{2};
  const auto outcomes = p.with({.fail_fast = true})
                            .try_map(
                                +[](int x) {
                                  if (x == 0)
                                    throw std::range_error("first");
                                  std::this_thread::sleep_for(1ms);
                                  return x;
                                },
                                up_to(20000));
  CHECK_THROWS_AS(outcomes[0].value(), std::range_error);
  CHECK_THROWS_AS(outcomes.back().value(), cancelled);
  CHECK_THROWS_AS(p.with({.fail_fast = true}).map(die_at_three, up_to(2000)), worker_died);
}

TEST_CASE("several pools at once, and one after the other") {
  mpi_pool a{1};
  for (int i = 0; i < 3; ++i) {
    mpi_pool b{2};
    auto pending = a.map_async(square, up_to(1000));
    CHECK(works(b));
    CHECK(pending.get().size() == 1000);
  }
  CHECK(works(a));
}

TEST_CASE("several threads use one pool") {
  mpi_pool p{2};
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] { right += works(p) ? 1 : 0; });
  for (auto& each : threads)
    each.join();
  CHECK(right == 4);
}

TEST_CASE("what is printed comes with the worker's number") {
  std::atomic<int> right = 0, wrong = 0;
  {
    mpi_pool p{{.workers = 1, .on_output = [&](int worker, std::string_view line) {
                  (line == "I am " + std::to_string(worker) ? right : wrong) += 1;
                }}};
    p.map(+[](int) { std::printf("I am %d\n", this_worker::id()); }, up_to(20));
  }
  CHECK(right == 20);
  CHECK(wrong == 0);
}

TEST_CASE("stats are of all ranks") {
  mpi_pool p{2};
  CHECK(works(p));
  const auto count = [](const pool_stats& stats) {
    std::size_t tasks = 0;
    for (const auto& each : stats.workers)
      tasks += each.tasks;
    return tasks;
  };
  const auto stats = p.stats();
  CHECK(stats.workers.size() == static_cast<std::size_t>(p.workers()));
  CHECK(count(stats) == 50);
  CHECK_FALSE(stats.slowest.empty());
  p.close();
  p.join();
  CHECK(count(p.stats()) == 50);
}

TEST_CASE("ranks can host threads") {
  pool<mpi_threads> p{2};
  CHECK(p.workers() == 2 * ranks_that_serve());
  CHECK(works(p));
  const auto ids = p.with({.chunksize = 1}).map(who, up_to(100));
  CHECK(*std::ranges::max_element(ids) < p.workers());
  CHECK(*std::ranges::min_element(ids) >= 0);
  // Threads of a rank share its memory.
  const auto pids = p.map(+[](int) { return this_worker::pid() == pid_of_rank; }, up_to(100));
  CHECK(std::ranges::all_of(pids, [](bool is_rank) { return is_rank; }));
  CHECK_THROWS_AS(p.map(throw_variously, up_to(4)), std::invalid_argument);
  const auto value = p.broadcast(std::string("value"));
  CHECK(p.map([](const broadcasted<std::string>& s) { return *s; }, std::vector(50, value)) ==
        std::vector<std::string>(50, "value"));
}

TEST_CASE("threads of ranks have a state each, and an end") {
  crosspool::pool p{mpi_threads{}, 2, load_model, "model ", 0};
  CHECK(p.map(describe, up_to(20)).at(7) == "model 7");
  auto asked = p.at_exit([](Model& model) { return model.asked; });
  p.close();
  p.join();
  int all = 0;
  for (const auto& each : asked.get())
    all += *each;
  CHECK(all == 20);
}

TEST_CASE("a thread of a rank that takes too long is left behind") {
  pool<mpi_threads> p{1};
  const auto outcomes = p.with({.timeout = 100ms})
                            .try_map(
                                +[](int x) {
                                  if (x == 1)
                                    std::this_thread::sleep_for(400ms);
                                  return x;
                                },
                                up_to(4));
  for (std::size_t i = 0; i < 4; ++i)
    CHECK(outcomes[i].has_value() == (i != 1));
  CHECK_THROWS_AS(outcomes[1].value(), task_timed_out);
  CHECK(works(p));
}

TEST_CASE("what a rank has been given when its template dies is run by the others") {
  if (ranks_that_serve() == 1)
    return;
  mpi_pool p{1};
  const auto lost = p.try_map(
      +[](int x) {
        ::kill(::getppid(), SIGKILL); // the template: the rank can start no worker any more
        ::pause();
        return x;
      },
      std::vector{0});
  CHECK(!lost[0]);
  for (int i = 0; i < 20; ++i)
    CHECK(p.map(square, up_to(100)).size() == 100);
}

TEST_CASE("in a task, an mpi pool is refused, and init does nothing") {
  const auto task = [](int) -> std::string {
    char name[] = "task";
    char* arguments[] = {name, nullptr};
    crosspool::init(1, arguments);
    try {
      const mpi_pool inner{1};
    } catch (const start_failed& e) {
      return e.what();
    }
    return "made";
  };
  mpi_pool forks{1};
  pool<mpi_threads> threads{1};
  CHECK(forks.apply(task, 0).find("crosspool: an mpi pool is made by") == 0);
  int ranks = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  const auto said = threads.apply(task, 0);
  CHECK((ranks == 1 ? said == "made" : said.find("crosspool: an mpi pool is made by rank 0") == 0));
}

TEST_CASE("what waits behind a long item goes to a rank that is free") {
  // Without that, an item of the second call would wait for ever behind one of the first.
  mpi_pool p{1};
  const auto busy = static_cast<std::size_t>(ranks_that_serve() - 1);
  if (busy == 0)
    return;
  auto held = p.map_async(hang_at_two, std::vector(busy, 2));
  CHECK(p.with({.chunksize = 1}).map(square, up_to(50)).size() == 50);
  held.cancel();
}
