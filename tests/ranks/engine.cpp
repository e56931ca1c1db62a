// A pool whose one rank is this program itself, as an mpi pool has it without mpirun; but without MPI.
#include <crosspool/crosspool.hpp>
#include <crosspool/ranks/engine.hpp>
#include <crosspool/ranks/local_link.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <mutex>
#include <numeric>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "../catch.hpp"

using namespace crosspool;
using namespace std::chrono_literals;

namespace {

struct on_this_rank {
  static constexpr std::string_view name = "mpi";
  static constexpr crossing initializer = crossing::serialized;
  static constexpr crossing function = crossing::serialized;
  static constexpr crossing arguments = crossing::serialized;
  static constexpr crossing results = crossing::serialized;
  using engine = detail::rank_engine;

  template <class Init, class... Args>
  static std::shared_ptr<engine> start(const options& o, Init&& init, Args&&... args) {
    const detail::serving_rank self{0, "this host"};
    auto link = std::make_unique<detail::local_link>(self);
    auto& local = *link;
    auto service = std::make_shared<detail::rank_service>(std::move(link), std::vector{self});
    local.on_message([to = service.get()] { to->wake(); });
    return std::make_shared<engine>(o, false, detail::make_setup<Init, Args...>(init, args...), std::move(service));
  }
};
using rank_pool = pool<on_this_rank>;

int twice(int x) {
  return 2 * x;
}
int die_at_three(int x) {
  if (x == 3)
    std::raise(SIGKILL);
  return x;
}

} // namespace

TEST_CASE("items go to the rank and come back") {
  rank_pool p(2);
  CHECK(p.workers() == 2);
  std::vector<int> numbers(10000);
  std::iota(numbers.begin(), numbers.end(), 0);
  const auto doubled = p.map(twice, numbers);
  REQUIRE(doubled.size() == numbers.size());
  for (std::size_t i = 0; i < doubled.size(); ++i)
    CHECK(doubled[i] == 2 * numbers[i]);
  std::size_t run = 0;
  for (const auto& each : p.stats().workers)
    run += each.tasks;
  CHECK(run == numbers.size());
}

TEST_CASE("an error says which rank it is from") {
  rank_pool p(1);
  const auto all = p.try_map(die_at_three, {1, 2, 3, 4});
  CHECK(all[3].value() == 4);
  try {
    all[2].value();
    FAIL("the worker has died");
  } catch (const worker_died& e) {
    CHECK_THAT(e.what(), ContainsSubstring("(on rank 0 on this host)"));
  }
}

TEST_CASE("an initializer that throws fails the pool") {
  const auto fails = [] { throw std::runtime_error("not today"); };
  CHECK_THROWS_WITH(rank_pool(1, fails),
                    ContainsSubstring("not today") && ContainsSubstring("(on rank 0 on this host)"));
}

TEST_CASE("an exit function runs in each worker") {
  rank_pool p(3);
  auto said = p.at_exit([] { return this_worker::id(); });
  p.map(twice, {1, 2, 3});
  p.close();
  p.join();
  std::vector<int> ids;
  for (const auto& each : said.get())
    ids.push_back(each.value());
  std::sort(ids.begin(), ids.end());
  CHECK(ids == std::vector{0, 1, 2});
}

TEST_CASE("what workers print is delivered, all of it before the end") {
  std::mutex mutex;
  std::vector<std::string> lines;
  options o{.workers = 2};
  o.on_output = [&](int, std::string_view line) {
    const std::lock_guard lock(mutex);
    lines.emplace_back(line);
    throw std::runtime_error("dropped");
  };
  {
    rank_pool p(o);
    p.map(
        [](int x) {
          std::printf("%d\n", x);
          return 0;
        },
        {1, 2, 3, 4});
  }
  std::sort(lines.begin(), lines.end());
  CHECK(lines == std::vector<std::string>{"1", "2", "3", "4"});
}

TEST_CASE("a pool that is terminated ends what it has as cancelled") {
  rank_pool p(1);
  auto hangs = p.apply_async([] { std::this_thread::sleep_for(1h); });
  p.terminate();
  CHECK_THROWS_AS(hangs.get(), cancelled);
}
