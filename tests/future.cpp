// A future gives the result of its call once.
#include <crosspool/future.hpp>

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "calls.hpp"
#include "catch.hpp"

using namespace crosspool;
using namespace crosspool::detail;
using namespace std::chrono_literals;

namespace {

template <class As, class R> auto future_of(std::unique_ptr<call<R>> c) {
  return future<collected<R, As>>(std::make_unique<pending_call<R, As>>(std::move(c)));
}

template <class F> bool has_no_state(F use) {
  try {
    use();
  } catch (const std::future_error& e) {
    return e.code() == std::future_errc::no_state;
  }
  return false;
}

} // namespace

TEST_CASE("a future gives a vector, a single value or nothing") {
  auto many = call_of<std::string>(source_of<std::string>(std::string("a"), std::string("b")));
  CHECK(future_of<as_vector>(std::move(many)).get() == std::vector<std::string>{"a", "b"});

  auto one = call_of<std::unique_ptr<int>>(source_of<std::unique_ptr<int>>(std::make_unique<int>(3)));
  CHECK(*future_of<as_single>(std::move(one)).get() == 3);

  auto f = future_of<as_vector>(call_of<std::monostate>(source_of<std::monostate>(std::monostate{}, std::monostate{})));
  STATIC_REQUIRE(std::is_same_v<decltype(f), future<void>>);
  f.get();
  CHECK_FALSE(f.valid());
}

TEST_CASE("a vector of bool is one, and a bool") {
  CHECK(future_of<as_vector>(call_of<bool>(source_of<bool>(true, false))).get() == std::vector<bool>{true, false});
  CHECK(future_of<as_single>(call_of<bool>(source_of<bool>(true))).get());
}

TEST_CASE("get throws the error of the lowest item that failed") {
  auto f = future_of<as_vector>(call_of<int>(source_of<int>(1, failed("second")), source_of<int>(failed("third"), 4)));
  CHECK_THROWS_WITH(f.get(), "second");
  CHECK_FALSE(f.valid());
  CHECK_THROWS_WITH(
      future_of<as_vector>(call_of<std::monostate>(source_of<std::monostate>(std::monostate{}, failed("second"))))
          .get(),
      "second");
  CHECK_THROWS_WITH(future_of<as_single>(call_of<int>(source_of<int>(failed("only")))).get(), "only");
}

TEST_CASE("a future is ready when its call is home") {
  auto c = std::make_unique<call<int>>();
  const auto home = c->home();
  home->add();
  c->add(source_of<int>(1));
  home->seal();
  auto f = future_of<as_single>(std::move(c));
  CHECK(f.valid());
  CHECK_FALSE(f.ready());
  CHECK(f.wait_for(0s) == std::future_status::timeout);
  CHECK(f.wait_for(-1s) == std::future_status::timeout);
  std::thread other([&] { home->remove(); });
  f.wait();
  CHECK(f.ready());
  CHECK(f.wait_for(0s) == std::future_status::ready);
  CHECK(f.get() == 1);
  other.join();
}

TEST_CASE("who waits for a call that has a driver drives it") {
  class test_driver final : public driver {
  public:
    void drive(completion& until, clock::time_point when, collector* to) override {
      ++driven;
      deadline = when;
      if (when == clock::time_point::max()) {
        until.remove();
        if (to != nullptr)
          to->collect();
      }
    }
    void cancel(completion& call) override {
      ++cancelled;
      CHECK(call.ready());
    }
    int driven = 0;
    int cancelled = 0;
    clock::time_point deadline;
  };
  const auto by = std::make_shared<test_driver>();
  auto c = std::make_unique<call<int>>(std::make_shared<completion>(by, false));
  c->home()->add();
  c->home()->seal();
  c->add(source_of<int>(5));
  auto f = future_of<as_single>(std::move(c));
  CHECK_FALSE(f.ready());
  CHECK(by->driven == 1);
  const auto now = driver::clock::now();
  CHECK(f.wait_for(1h) == std::future_status::timeout);
  CHECK(by->deadline >= now + 1h);
  CHECK(f.get() == 5);
  CHECK(by->driven == 3);
  f = future_of<as_single>(std::make_unique<call<int>>(std::make_shared<completion>(by, false)));
  CHECK(f.cancel());
  CHECK_FALSE(f.cancel());
  CHECK(by->cancelled == 1);
  CHECK_THROWS_AS(f.get(), cancelled);
  CHECK(by->driven == 3);
}

TEST_CASE("a future without a call has no state") {
  auto moved_from = future_of<as_single>(call_of<int>(source_of<int>(1)));
  auto got = std::move(moved_from);
  CHECK(got.get() == 1);
  future<int> made_empty;
  for (auto* const f : {&moved_from, &got, &made_empty}) {
    CHECK_FALSE(f->valid());
    CHECK(has_no_state([&] { f->get(); }));
    CHECK(has_no_state([&] { f->wait(); }));
    CHECK(has_no_state([&] { static_cast<void>(f->wait_for(0s)); }));
    CHECK(has_no_state([&] { static_cast<void>(f->ready()); }));
  }
}

TEST_CASE("a future's end does not wait") {
  auto c = std::make_unique<call<int>>();
  const auto home = c->home();
  home->add();
  {
    const auto dropped = future_of<as_single>(std::move(c));
  }
  CHECK_FALSE(home->ready());
}

TEST_CASE("futures move but do not copy, and do not cross") {
  STATIC_REQUIRE(std::is_nothrow_move_constructible_v<future<int>>);
  STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<future<int>>);
  STATIC_REQUIRE_FALSE(crossable<future<int>>);
  STATIC_REQUIRE(examined<future<int>>.why == kind::a_pool);
}
