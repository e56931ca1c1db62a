// Random numbers of an item: the same however it came to be run.
#include <crosspool/crosspool.hpp>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <list>
#include <new>
#include <numeric>
#include <random>
#include <ranges>
#include <stdexcept>
#include <string>
#include <sys/mman.h>
#include <sys/resource.h>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "child.hpp"
#include "numbers.hpp"

#define POLICIES crosspool::thread, crosspool::fork, crosspool::spawn

using namespace crosspool;

static_assert(std::uniform_random_bit_generator<random_engine>);

namespace {

std::uint64_t seed_of_call(std::uint64_t of_pool, std::uint64_t call) {
  return detail::splitmix64(of_pool, call);
}

// What task_seed() is to give to each item of the pool's call of this number.
std::vector<std::uint64_t> expected_seeds(std::uint64_t of_pool, std::uint64_t call, std::size_t items) {
  std::vector<std::uint64_t> seeds;
  for (std::size_t i = 0; i != items; ++i)
    seeds.push_back(detail::splitmix64(seed_of_call(of_pool, call), i));
  return seeds;
}
std::vector<std::string> in_words(const std::vector<std::uint64_t>& numbers) {
  std::vector<std::string> words;
  for (const auto each : numbers)
    words.push_back(std::to_string(each));
  return words;
}

std::uint64_t seed(int) {
  return this_worker::task_seed();
}
std::uint64_t seed_of_text(const std::string&) {
  return this_worker::task_seed();
}
std::string seed_in_words(int) {
  return std::to_string(this_worker::task_seed());
}
std::uint64_t seed_of_two(int, long) {
  return this_worker::task_seed();
}
std::uint64_t seed_without_argument() {
  return this_worker::task_seed();
}
std::uint64_t seed_unless_seventh(int x) {
  if (x % 7 == 0)
    throw std::runtime_error(std::to_string(this_worker::task_seed()));
  return this_worker::task_seed();
}
std::vector<std::uint64_t> three_numbers(int) {
  std::vector<std::uint64_t> numbers;
  for (int i = 0; i < 3; ++i)
    numbers.push_back(this_worker::rng()());
  return numbers;
}
std::uint64_t numbers_xored(int) {
  const auto first = this_worker::rng()();
  return first ^ this_worker::rng()();
}
double mean_of_throws(int) {
  std::uniform_int_distribution die(1, 6);
  int sum = 0;
  for (int i = 0; i < 100; ++i)
    sum += die(this_worker::rng());
  return sum / 100.0;
}
bool has_none_in_another_thread(int) {
  bool none = false;
  std::thread([&] {
    try {
      this_worker::rng();
    } catch (const error&) {
      none = true;
    }
  }).join();
  return none;
}
void ask_too_early() {
  this_worker::task_seed();
}

std::uint64_t nested(int) {
  const auto before = this_worker::rng()();
  thread_pool p{{.workers = 1, .seed = 1}};
  p.map(three_numbers, {1, 2, 3});
  return before ^ this_worker::rng()();
}

} // namespace

TEST_CASE("the generators are those that they are said to be") {
  CHECK(detail::splitmix64(1234567, 0) == 6457827717110365317U);
  CHECK(detail::splitmix64(1234567, 1) == 3203168211198807973U);
  random_engine engine(0);
  CHECK(engine() == 5987356902031041503U);
  CHECK(engine() == 7051070477665621255U);
  CHECK(engine() == 6633766593972829180U);
  CHECK(random_engine(1) == random_engine(1));
  CHECK(random_engine(1) != random_engine(2));
}

TEMPLATE_TEST_CASE("an item's seed depends on the pool's, the call and the index only", "", POLICIES) {
  const auto xs = up_to(1000);
  const std::list<int> in_nodes(xs.begin(), xs.end());
  const std::vector<std::string> texts(1000, "text");
  for (const int workers : {1, 2, 4})
    for (const std::size_t chunksize : {0U, 1U, 20U, 100U}) {
      pool<TestType> p{{.workers = workers, .seed = 42}};
      auto with = p.with({.chunksize = chunksize});
      std::uint64_t calls = 0;
      const auto expected = [&](std::size_t items = 1000) { return expected_seeds(42, calls++, items); };
      CHECK(with.map(seed, xs) == expected());
      CHECK(with.map(seed, in_nodes) == expected());
      CHECK(with.map(seed_of_text, texts) == expected());
      CHECK(with.map(seed_in_words, xs) == in_words(expected()));
      CHECK(with.map(seed_in_words, in_nodes) == in_words(expected()));
      CHECK(with.starmap(seed_of_two, std::vector<std::tuple<int, long>>(50)) == expected(50));
      CHECK(with.map_async(seed, xs).get() == expected());
      CHECK(with.apply(seed, 1) == expected(1)[0]);
      CHECK(with.apply(seed_without_argument) == expected(1)[0]);
      CHECK(with.apply_async(seed_of_text, "text").get() == expected(1)[0]);
      CHECK(with.map(seed, std::vector<int>()) == expected(0));
      CHECK(with.map(seed, up_to(3)) == expected(3));
    }
}

TEMPLATE_TEST_CASE("what map_reduce adds up of random numbers does not depend on how it was cut", "", POLICIES,
                   inline_as<crosspool::thread>, inline_as<crosspool::spawn>) {
  const auto xs = up_to(1000);
  const std::list<int> in_nodes(xs.begin(), xs.end());
  const std::vector<std::string> texts(1000, "text");
  auto of_unknown_length = xs | std::views::filter([](int) { return true; });
  const auto mixed = [](std::uint64_t sum, std::uint64_t seed) { return sum + seed; };
  for (const int workers : {1, 3})
    for (const call_options& o : {call_options{},
                                  {.chunksize = 1},
                                  {.chunksize = 7},
                                  {.chunksize = 2000},
                                  {.timeout = std::chrono::hours(1)},
                                  {.ordered = false}}) {
      pool<TestType> p{{.workers = workers, .seed = 42}};
      auto with = p.with(o);
      std::uint64_t calls = 0;
      const auto expected = [&] {
        const auto seeds = expected_seeds(42, calls++, 1000);
        return std::accumulate(seeds.begin(), seeds.end(), std::uint64_t{0});
      };
      CHECK(with.map_reduce(seed, xs, mixed, std::uint64_t{0}) == expected());
      CHECK(with.map_reduce(seed, in_nodes, mixed, std::uint64_t{0}) == expected());
      CHECK(with.map_reduce(seed, std::views::iota(0, 1000), mixed, std::uint64_t{0}) == expected());
      CHECK(with.map_reduce(seed, of_unknown_length, mixed, std::uint64_t{0}) == expected());
      CHECK(with.map_reduce(seed_of_text, texts, mixed, std::uint64_t{0}) == expected());
      CHECK(with.map_reduce(numbers_xored, xs, mixed, std::uint64_t{0}) == [&] {
        std::uint64_t sum = 0;
        for (const auto each : expected_seeds(42, calls++, 1000)) {
          random_engine engine(each);
          const auto first = engine();
          sum += first ^ engine();
        }
        return sum;
      }());
      CHECK(with.map(seed, xs) == expected_seeds(42, calls++, 1000));
    }
}

TEMPLATE_TEST_CASE("items between others that fail have their own seeds", "", POLICIES) {
  pool<TestType> p{{.workers = 2, .seed = 3}};
  const auto outcomes = p.try_map(seed_unless_seventh, up_to(500));
  const auto expected = expected_seeds(3, 0, 500);
  for (std::size_t i = 0; i < 500; ++i)
    if (i % 7 != 0)
      CHECK(*outcomes[i] == expected[i]);
    else
      CHECK_THROWS_WITH(outcomes[i].value(), std::to_string(expected[i]));
}

TEMPLATE_TEST_CASE("an item's engine begins anew with it", "", POLICIES) {
  std::vector<std::vector<std::uint64_t>> expected;
  for (const auto each : expected_seeds(7, 0, 200)) {
    random_engine engine(each);
    const auto a = engine(), b = engine(), c = engine();
    expected.push_back({a, b, c});
  }
  for (const int workers : {1, 3}) {
    pool<TestType> p{{.workers = workers, .seed = 7}};
    CHECK(p.map(three_numbers, up_to(200)) == expected);
    CHECK(p.map(three_numbers, up_to(200)) != expected); // another call, other numbers
    for (const double mean : p.map(mean_of_throws, up_to(200)))
      CHECK((mean > 2 && mean < 5));
  }
}

TEMPLATE_TEST_CASE("without a seed, each pool has its own", "", POLICIES) {
  pool<TestType> a{1}, b{1};
  CHECK(a.map(seed, up_to(2)) != b.map(seed, up_to(2)));
}

TEMPLATE_TEST_CASE("outside of an item there are no numbers of one", "", POLICIES) {
  CHECK_THROWS_AS(this_worker::task_seed(), error);
  CHECK_THROWS_AS(this_worker::rng(), error);
  CHECK_THROWS_AS(pool<TestType>(1, ask_too_early), start_failed);
  pool<TestType> p{1};
  CHECK(p.apply(has_none_in_another_thread, 1));
  CHECK_THROWS_AS(this_worker::rng(), error);
}

TEMPLATE_TEST_CASE("an item's numbers go on after a pool of its own", "", POLICIES) {
  pool<TestType> p{{.workers = 2, .seed = 5}};
  std::vector<std::uint64_t> expected;
  for (const auto each : expected_seeds(5, 0, 3)) {
    random_engine engine(each);
    const auto first = engine();
    expected.push_back(first ^ engine());
  }
  CHECK(p.map(nested, up_to(3)) == expected);
}

namespace {

struct Attempts {
  std::atomic<int> count;
  std::uint64_t first;
};
Attempts* attempts = nullptr; // in memory that a forked worker shares

std::uint64_t die_once(int x) {
  const auto number = this_worker::rng()();
  if (x == 3 && attempts->count++ == 0) {
    attempts->first = number;
    std::raise(SIGKILL);
  }
  return number;
}

} // namespace

TEST_CASE("an item that is run again has the same numbers") {
  auto* const memory = ::mmap(nullptr, sizeof(Attempts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(memory != MAP_FAILED);
  attempts = ::new (memory) Attempts{};
  fork_pool p{{.workers = 2, .seed = 11}};
  const auto numbers = p.with({.retries = 1}).map(die_once, up_to(10));
  CHECK(attempts->count == 2);
  CHECK(numbers[3] == attempts->first);
  ::munmap(memory, sizeof(Attempts));
}

TEST_CASE("a pool that is given no seed needs no descriptor to find one") {
  CHECK(in_child([] {
          const rlimit none{0, 0};
          ::setrlimit(RLIMIT_NOFILE, &none);
          inline_pool<crosspool::thread> one;
          inline_pool<crosspool::thread> other;
          return one.apply(seed, 0) != other.apply(seed, 0) ? 0 : 1;
        }) == 0);
}
