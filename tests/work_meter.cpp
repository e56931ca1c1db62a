// A thread's meter: every item is counted, and those that take long are found though the clock is seldom looked at.
#include <crosspool/work_meter.hpp>

#include "catch.hpp"

using namespace crosspool;
using namespace crosspool::detail;
using namespace std::chrono_literals;

namespace {

std::vector<slow_item> slowest_of(const work_meter& meter) {
  slowest_items all;
  meter.add_slowest_to(all);
  return all.list();
}

} // namespace

TEST_CASE("items that take long are measured one by one, others together") {
  work_meter meter(5);
  auto now = work_meter::clock::now();
  std::size_t item = 0, looks = 0;
  const auto run = [&](std::size_t count, std::chrono::nanoseconds time) {
    for (looks = 0; count-- != 0;) {
      now += time;
      if (meter.note(item++, 1)) {
        meter.look(now);
        ++looks;
      }
    }
  };
  meter.begin("map", now);
  run(10, 1ms);
  CHECK(looks == 10);
  CHECK(meter.tasks() == 10);
  run(100'000, 1ns);
  CHECK(looks < 1000);
  run(300, 1ms); // the first of these may still be measured together
  CHECK(looks >= 40);
  meter.begin("apply", now); // what was broken off is counted
  CHECK(meter.tasks() == item);
  const auto slow = slowest_of(meter);
  CHECK(slow.size() == 8);
  for (const auto& each : slow) {
    CHECK(each.verb == "map");
    CHECK(each.worker == 5);
    CHECK(each.duration >= 1ms);
  }
}

TEST_CASE("what has ended is seen at the end") {
  work_meter meter(0);
  meter.begin("map", work_meter::clock::now());
  for (std::size_t i = 0; i < 77; ++i)
    meter.ended(i, 3);
  CHECK(meter.tasks() <= 231);
  meter.end();
  CHECK(meter.tasks() == 231);
  meter.end();
  CHECK(meter.tasks() == 231);
}
