// What only threads can do: share.
#include <crosspool/crosspool.hpp>

#include <atomic>
#include <barrier>
#include <functional>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "catch.hpp"

using namespace crosspool;

TEST_CASE("a thread pool's tasks work on the caller's own objects") {
  thread_pool p{2};
  std::vector<int> numbers{1, 2, 3};
  p.map([](int& x) { x *= 10; }, numbers);
  CHECK(numbers == std::vector{10, 20, 30});
  int sum = 0;
  std::mutex mutex;
  p.map(
      [&](int x) {
        const std::lock_guard lock(mutex);
        sum += x;
      },
      numbers);
  CHECK(sum == 60);
  p.apply([](int& x) { x = 5; }, sum);
  CHECK(sum == 5);
  p.apply_async([](std::reference_wrapper<int> x) { x.get() = 6; }, std::ref(sum)).get();
  CHECK(sum == 6);
}

TEST_CASE("a thread pool takes functions that no process could") {
  thread_pool p{2};
  const std::function<int(int)> erased = [](int x) { return x + 1; };
  CHECK(p.map(erased, {1, 2}) == std::vector{2, 3});
  int calls = 0;
  struct Counter {
    int* calls;
    std::mutex* mutex;
    void operator()(int) {
      const std::lock_guard lock(*mutex);
      ++*calls;
    }
  };
  std::mutex mutex;
  p.map(Counter{&calls, &mutex}, {1, 2, 3});
  CHECK(calls == 3);
  auto owning = [x = std::make_unique<int>(4)](int y) { return *x + y; };
  CHECK(p.map(owning, {1}) == std::vector{5});
  CHECK(p.map_async(std::move(owning), std::vector{2}).get() == std::vector{6});
}

TEST_CASE("a thread pool's asynchronous calls keep their own arguments") {
  thread_pool p{1};
  future<std::vector<std::size_t>> f;
  {
    const std::vector<std::string> soon_gone{"one", "three"};
    f = p.map_async([](const std::string& s) { return s.size(); }, soon_gone);
  }
  CHECK(f.get() == std::vector<std::size_t>{3, 5});
}

TEST_CASE("a thread pool's initializer shares its arguments") {
  std::atomic<int> started = 0;
  std::mutex mutex;
  std::set<std::thread::id> threads;
  thread_pool p{4,
                [](std::atomic<int>& n, std::mutex& m, std::set<std::thread::id>& ids) {
                  ++n;
                  const std::lock_guard lock(m);
                  ids.insert(std::this_thread::get_id());
                },
                started, mutex, threads};
  CHECK(started == 4);
  CHECK(threads.size() == 4);
}

TEST_CASE("a thread pool's workers run at the same time") {
  thread_pool p{3};
  std::barrier all_here(3); // passed only if three tasks are under way at once
  p.with({.chunksize = 1}).map([&](int) { all_here.arrive_and_wait(); }, {1, 2, 3});
  SUCCEED();
}
