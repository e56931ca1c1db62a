// A call under way: parcels are counted home, outcomes come in order, a future gives them once.
#include <crosspool/future.hpp>

#include <string>
#include <thread>

#include "catch.hpp"

using namespace crosspool;
using namespace crosspool::detail;
using namespace std::chrono_literals;

namespace {

// Outcomes that are there already.
template <class R> class source final : public result_source<R> {
public:
  explicit source(std::vector<outcome<R>> outcomes) : outcomes_(std::move(outcomes)) {}
  [[nodiscard]] bool arrived() const noexcept override { return true; }
  void unpack(results<R>& to) override {
    for (auto& o : outcomes_)
      if (o)
        to.add(*std::move(o));
      else
        to.fail(o.error());
  }

private:
  std::vector<outcome<R>> outcomes_;
};

template <class R, class... O> std::shared_ptr<source<R>> source_of(O... outcomes) {
  std::vector<outcome<R>> all;
  (all.emplace_back(std::move(outcomes)), ...);
  return std::make_shared<source<R>>(std::move(all));
}

failure failed(const char* text) {
  return {std::make_exception_ptr(std::runtime_error(text))};
}

template <class R, class... Sources> std::unique_ptr<call<R>> call_of(Sources... sources) {
  auto c = std::make_unique<call<R>>();
  (c->add(std::move(sources)), ...);
  c->home()->seal();
  return c;
}

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

class test_parcel final : public parcel {
public:
  using parcel::added;
  using parcel::came_home;
  using parcel::parcel;
};

} // namespace

TEST_CASE("a completion is ready when it is sealed and all parcels are home") {
  completion home;
  CHECK_FALSE(home.ready());
  home.add();
  home.add();
  home.remove();
  home.seal();
  CHECK_FALSE(home.ready());
  CHECK_FALSE(home.wait_until(std::chrono::steady_clock::now()));
  home.remove();
  CHECK(home.ready());
  CHECK(home.wait_until(std::chrono::steady_clock::now()));
  home.wait();
}

TEST_CASE("a completion that is not sealed is not ready, though nothing is out") {
  completion home;
  home.add();
  home.remove();
  CHECK_FALSE(home.ready());
  home.seal();
  CHECK(home.ready());
}

TEST_CASE("wait ends when another thread brings the last parcel home") {
  completion home;
  for (int i = 0; i < 3; ++i)
    home.add();
  home.seal();
  std::atomic<int> removed = 0;
  std::thread other([&] {
    for (int i = 0; i < 3; ++i) {
      ++removed;
      home.remove();
    }
  });
  home.wait();
  CHECK(removed == 3);
  other.join();
}

namespace {
struct noted final : timed_item {
  explicit noted(completion& home) : home_(home) {}
  void time_out() noexcept override {
    ++times_out;
    home_.remove();
  }
  int times_out = 0;

private:
  completion& home_;
};
completion with_timeout(std::chrono::nanoseconds time) {
  return completion(nullptr, false, {.timeout = time});
}
} // namespace

TEST_CASE("the wait for an item ends when its time is over, and what it returns later does not count") {
  auto home = with_timeout(1ms);
  noted first(home), second(home);
  for (auto* const each : {&first, &second}) {
    home.add();
    home.begin(*each);
  }
  home.seal();
  home.wait();
  for (auto* const each : {&first, &second}) {
    CHECK(each->times_out == 1);
    CHECK_FALSE(home.end(*each));
    CHECK(each->times_out == 1);
  }
}

TEST_CASE("an item that returns in time ends as it says, another as timed out though nobody looked") {
  auto patient = with_timeout(1h);
  noted early(patient);
  patient.add();
  patient.begin(early);
  patient.seal();
  CHECK_FALSE(patient.ready());
  CHECK_FALSE(patient.wait_until(std::chrono::steady_clock::now()));
  CHECK(patient.end(early));
  patient.remove();
  CHECK(patient.ready());
  CHECK(early.times_out == 0);

  auto strict = with_timeout(1ns);
  noted late(strict);
  strict.add();
  strict.begin(late);
  strict.seal();
  for (const auto begun = std::chrono::steady_clock::now(); std::chrono::steady_clock::now() <= begun;) {
  }
  CHECK_FALSE(strict.end(late));
  CHECK(late.times_out == 1);
  CHECK_FALSE(strict.cancel());
}

TEST_CASE("whoever waits already sees to the item that begins then") {
  auto home = with_timeout(1ms);
  noted item(home);
  home.add();
  home.seal();
  std::thread other([&] { home.begin(item); });
  home.wait();
  other.join();
  CHECK(item.times_out == 1);
}

TEST_CASE("a cancelled call has ended, whatever its items do") {
  auto home = with_timeout(1h);
  noted item(home);
  home.add();
  home.begin(item);
  home.seal();
  CHECK(home.cancel());
  CHECK(home.ready());
  CHECK(home.abandoned());
  CHECK_FALSE(home.cancel());
  CHECK(home.end(item));
  home.remove();
  CHECK(home.is_cancelled());
}

TEST_CASE("wait_until_fewer_than waits for just that") {
  completion home;
  home.add();
  home.wait_until_fewer_than(2);
  home.add();
  std::atomic<bool> removed = false;
  std::thread other([&] {
    removed = true;
    home.remove();
  });
  home.wait_until_fewer_than(2);
  CHECK(removed);
  other.join();
}

TEST_CASE("whoever takes parcels one by one waits for one of them, or until there are few") {
  const auto home = std::make_shared<completion>();
  test_parcel first(home, "imap", 0), second(home, "imap", 1);
  home->add();
  home->add();
  const auto never = completion::clock::time_point::max();
  const auto now = completion::clock::time_point::min();
  home->wait_for(&first, 2, now); // comes back, though nothing is home
  CHECK(home->out() == 2);
  CHECK(home->is_urgent(0));
  CHECK_FALSE(home->is_urgent(1));
  second.came_home();
  home->wait_for(&first, 2, never); // one is out
  CHECK_FALSE(first.is_home());
  std::thread other([&] { first.came_home(); });
  home->wait_for(&first, 0, never);
  CHECK(first.is_home());
  other.join();
  CHECK_FALSE(home->ready()); // as more may follow
  home->wait_for(nullptr, 1, never);
  CHECK(home->is_urgent(1000));
  CHECK(home->cancel());
  home->wait_for(nullptr, 0, never);
}

TEST_CASE("an abandoned call still waits for its parcels") {
  completion home;
  home.add();
  home.seal();
  CHECK_FALSE(home.abandoned());
  home.abandon();
  CHECK(home.abandoned());
  CHECK_FALSE(home.ready());
}

TEST_CASE("a parcel knows its items and its call") {
  const auto home = std::make_shared<completion>();
  home->add();
  home->seal();
  test_parcel p(home, "map", 40);
  p.added();
  p.added();
  CHECK(p.first() == 40);
  CHECK(p.size() == 2);
  CHECK(p.verb() == "map");
  CHECK_FALSE(p.abandoned());
  home->abandon();
  CHECK(p.abandoned());
  CHECK_FALSE(p.is_home());
  p.came_home();
  CHECK(p.is_home());
  CHECK(home->ready());
}

TEST_CASE("a call gives the results of its parcels in order and lets go of them") {
  call<int> c;
  c.home()->seal();
  const auto first = source_of<int>(1, 2);
  c.add(first);
  c.add(source_of<int>(3));
  CHECK(c.take().take() == std::vector{1, 2, 3});
  CHECK(first.use_count() == 1);
}

TEST_CASE("results are values and the first error, or each outcome apart") {
  results<int> together, apart(true);
  for (auto* const to : {&together, &apart}) {
    to->reserve(4);
    to->add(1);
    const int more[] = {2, 3};
    to->add(more, more + 2);
    CHECK_FALSE(to->settled());
  }
  for (auto* const to : {&together, &apart}) {
    to->fail(failed("fourth").error);
    to->fail(failed("fifth").error);
  }
  CHECK(together.settled());
  CHECK_FALSE(apart.settled());
  CHECK_THROWS_WITH(together.take(), "fourth");
  const auto all = apart.take_outcomes();
  REQUIRE(all.size() == 5);
  CHECK(*all[2] == 3);
  CHECK_THROWS_WITH(all[3].value(), "fourth");
  CHECK_THROWS_WITH(all[4].value(), "fifth");
}

TEST_CASE("what has arrived is collected in order, and no more") {
  class late final : public result_source<int> {
  public:
    [[nodiscard]] bool arrived() const noexcept override { return is_here; }
    void unpack(results<int>& to) override { to.add(2); }
    bool is_here = false;
  };
  call<int> c;
  c.home()->seal();
  const auto first = source_of<int>(1), third = source_of<int>(3);
  const auto second = std::make_shared<late>();
  c.add(first);
  c.add(second);
  c.add(third);
  c.collect();
  CHECK(first.use_count() == 1);
  CHECK(third.use_count() == 2);
  second->is_here = true;
  c.collect();
  CHECK(third.use_count() == 1);
  CHECK(c.take().take() == std::vector{1, 2, 3});
}

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
