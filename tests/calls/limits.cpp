// What holds for a call's items: its own options, or its pool's.
#include <crosspool/calls/limits.hpp>

#include <chrono>

#include "catch.hpp"

using namespace crosspool;
using namespace crosspool::detail;
using namespace std::chrono_literals;

TEST_CASE("a call has the options that it is given, and its pool's timeout if it has none") {
  limits_of_calls all({.task_timeout = 3s}, true);
  CHECK(all.timeout() == 3s);
  CHECK(all.timeout({.timeout = 2ms}) == 2ms);
  CHECK(all.next({}).timeout == 3s);
  const auto one = all.next({.timeout = 2ms, .retries = 4, .fail_fast = true, .priority = -1});
  CHECK(one.timeout == 2ms);
  CHECK(one.retries == 4);
  CHECK(one.fail_fast);
  CHECK(one.priority == -1);
}

TEST_CASE("what cannot be run again is not") {
  limits_of_calls all(options(), false);
  CHECK(all.timeout() == 0s);
  CHECK(all.next({.retries = 4}).retries == 0);
}

TEST_CASE("each call of a pool has its seed, the same for the same pool's seed") {
  limits_of_calls all({.seed = 5}, true), same({.seed = 5}, false);
  const auto first = all.next({}).seed, second = all.next({}).seed;
  CHECK(first != second);
  CHECK(same.next({.retries = 1}).seed == first);
  CHECK(same.next({}).seed == second);
}
