// Calls are told apart as they end, and those whose time is over are seen to.
#include <crosspool/futures/ended_calls.hpp>

#include <chrono>
#include <memory>
#include <thread>

#include "catch.hpp"

using namespace crosspool::detail;
using namespace std::chrono_literals;

namespace {

struct watched final : watched_call {
  using watched_call::watched_call;
};
struct calls final : ended_calls {};

std::shared_ptr<completion> a_call(std::chrono::nanoseconds timeout = 0s) {
  auto call = std::make_shared<completion>(nullptr, false, call_limits{.timeout = timeout});
  call->add();
  call->seal();
  return call;
}

struct timed final : timed_item {
  explicit timed(completion& home) : home_(home) { home.begin(*this); }
  void time_out() noexcept override { home_.remove(); }

private:
  completion& home_;
};

constexpr auto at_once = std::chrono::steady_clock::time_point::min();
constexpr auto in_the_end = std::chrono::steady_clock::time_point::max();

} // namespace

TEST_CASE("calls are taken in the order in which they end") {
  calls all;
  watched a(all, a_call()), b(all, a_call()), c(all, a_call());
  c.call()->remove();
  for (auto* const each : {&a, &b, &c})
    all.watch(*each);
  CHECK(a.call()->is_waited_for());
  CHECK(all.take_until(at_once) == &c);
  CHECK(all.take_until(at_once) == nullptr);
  CHECK(all.take_until(std::chrono::steady_clock::now() + 1ms) == nullptr);
  b.call()->remove();
  a.call()->cancel();
  a.call()->remove();
  CHECK(all.take_until(in_the_end) == &b);
  CHECK(all.take_until(in_the_end) == &a);
  CHECK(all.take_until(at_once) == nullptr);
  CHECK_FALSE(a.call()->is_waited_for());
}

TEST_CASE("what is let go of is not taken") {
  calls all;
  watched a(all, a_call()), b(all, a_call()), c(all, a_call());
  for (auto* const each : {&a, &b, &c})
    all.watch(*each);
  b.call()->remove();
  CHECK(all.let_go(a));
  CHECK(all.let_go(b));
  CHECK_FALSE(a.call()->is_waited_for());
  a.call()->remove();
  c.call()->remove();
  CHECK(all.take_until(in_the_end) == &c);
  CHECK_FALSE(all.let_go(c));
  CHECK(all.take_until(at_once) == nullptr);
}

TEST_CASE("whoever waits is woken by another thread") {
  calls all;
  watched a(all, a_call());
  all.watch(a);
  std::thread other([&] { a.call()->remove(); });
  CHECK(all.take_until(in_the_end) == &a);
  other.join();
}

TEST_CASE("an item's time ends for whoever waits, whenever it has begun") {
  calls all;
  watched before(all, a_call(1ms)), after(all, a_call(1ms)), patient(all, a_call(1h));
  timed first(*before.call());
  for (auto* const each : {&before, &after, &patient})
    all.watch(*each);
  timed endless(*patient.call());
  CHECK(all.take_until(in_the_end) == &before);
  std::unique_ptr<timed> second;
  std::thread other([&] { second = std::make_unique<timed>(*after.call()); });
  CHECK(all.take_until(in_the_end) == &after);
  other.join();
  CHECK(all.take_until(at_once) == nullptr);
  CHECK(patient.call()->end(endless));
  patient.call()->remove();
  CHECK(all.take_until(in_the_end) == &patient);
}

TEST_CASE("of several items of a call, each ends in its time") {
  calls all;
  watched a(all, a_call(1ms));
  a.call()->add();
  all.watch(a);
  timed one(*a.call()), two(*a.call());
  CHECK(all.take_until(in_the_end) == &a);
  CHECK_FALSE(a.call()->end(one));
  CHECK_FALSE(a.call()->end(two));
}
