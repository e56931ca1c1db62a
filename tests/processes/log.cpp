// What is noted of worker processes: nothing that they say can make it nonsense.
#include <crosspool/processes/log.hpp>
#include <crosspool/wire/queue.hpp>

#include <limits>

#include "catch.hpp"

using namespace crosspool;
using namespace crosspool::detail;
using namespace std::chrono_literals;

TEST_CASE("a time that a worker says is a time") {
  const auto said = [](float nanoseconds) { return time_said(std::atomic<float>(nanoseconds)); };
  using limits = std::numeric_limits<float>;
  CHECK(said(0) == 0ns);
  CHECK(said(1000) == 1us);
  CHECK(said(-1) == 0ns);
  CHECK(said(limits::quiet_NaN()) == 0ns);
  CHECK(said(-limits::infinity()) == 0ns);
  CHECK(said(limits::infinity()) == said(1e18F));
  CHECK(said(limits::max()) == said(1e18F));
  CHECK(said(1e18F) > 24h * 365);
}

TEST_CASE("a worker has been busy for as long as it has been there, at most") {
  work_log log(1);
  log.is_ready(0);
  for (int i = 0; i < 1000; ++i)
    log.ran(0, {"map", 0, 1}, {}, time_said(std::atomic<float>(std::numeric_limits<float>::max())));
  CHECK(log.is_slow(1h));
  log.note_slow(0, {"map", 17, 1}, 1h);
  const auto all = log.stats();
  CHECK(all.workers[0].tasks == 1000);
  CHECK(all.workers[0].busy > 0ns);
  CHECK(all.workers[0].busy < 1h);
  CHECK(all.workers[0].waiting == 0ns);
  REQUIRE(all.slowest.size() == 1);
  CHECK(all.slowest[0].index == 17);
  CHECK(all.slowest[0].duration < 1h);
}

TEST_CASE("workers leave their numbers to those that replace them") {
  work_log log(2);
  log.is_gone(1); // it could not be started
  log.is_ready(1);
  log.ran(1, {"map", 0, 5}, {}, 10ns);
  log.is_gone(1);
  log.is_gone(1);
  const auto between = log.stats().workers[1];
  CHECK(log.stats().workers[1].waiting == between.waiting);
  log.is_ready(1);
  log.ran(1, {"map", 5, 5}, {}, 0ns);
  log.sent(1, 3);
  log.received(1, 4);
  const auto all = log.stats();
  CHECK(all.workers[0].tasks == 0);
  CHECK(all.workers[0].waiting == 0ns);
  CHECK(all.workers[1].tasks == 10);
  CHECK(all.workers[1].restarts == 1);
  CHECK(all.workers[1].bytes_sent == 3);
  CHECK(all.workers[1].bytes_received == 4);
}
