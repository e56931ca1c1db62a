// What a worker thread notes: all items are counted, the slowest are kept, and each is in the trace if there is one.
#include <crosspool/threads/meter.hpp>

#include <atomic>
#include <cstdlib>
#include <thread>

#include "catch.hpp"

using namespace crosspool;
using namespace crosspool::detail;
using namespace std::chrono_literals;

TEST_CASE("a meter counts items and keeps the slowest") {
  timeline off;
  work_meter meter(5, off);
  const auto begin = work_meter::clock::now();
  for (std::size_t i = 0; i < 20; ++i)
    CHECK(meter.ran("map", 10 * i, 10, begin, begin + i * 1ms) == (i == 0 ? 2 : 1));
  CHECK(meter.tasks() == 200);
  slowest_items all;
  meter.add_slowest_to(all);
  const auto slow = all.list();
  REQUIRE(slow.size() == 8);
  for (std::size_t i = 0; i < 8; ++i) {
    CHECK(slow[i].verb == "map");
    CHECK(slow[i].index == 190 - 10 * i);
    CHECK(slow[i].count == 10);
    CHECK(slow[i].duration == (19 - i) * 1ms);
    CHECK(slow[i].worker == 5);
  }
  meter.mark("timed out", "map", 3, begin); // nowhere
}

TEST_CASE("a meter may be read while its worker runs") {
  timeline off;
  work_meter meter(0, off);
  std::atomic<bool> done = false;
  std::thread reader([&] {
    while (!done) {
      slowest_items all;
      meter.add_slowest_to(all);
      if (meter.tasks() > 10'000 || all.list().size() > 8)
        std::abort();
    }
  });
  const auto begin = work_meter::clock::now();
  for (std::size_t i = 0; i < 10'000; ++i)
    meter.ran("map", i, 1, begin, begin + i * 1ns);
  done = true;
  reader.join();
  CHECK(meter.tasks() == 10'000);
}
