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
  void unpack(std::vector<outcome<R>>& to) override {
    for (auto& o : outcomes_)
      to.push_back(std::move(o));
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

template <class As, class R> auto future_of(call<R> c) {
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
  p.came_home();
  CHECK(home->ready());
}

TEST_CASE("a call gives the outcomes of its parcels in order and lets go of them") {
  call<int> c;
  c.home()->seal();
  const auto first = source_of<int>(1, 2);
  c.add(first);
  c.add(source_of<int>(3, failed("four")));
  const auto all = c.outcomes();
  REQUIRE(all.size() == 4);
  CHECK(*all[0] == 1);
  CHECK(*all[1] == 2);
  CHECK(*all[2] == 3);
  CHECK_THROWS_WITH(all[3].value(), "four");
  CHECK(first.use_count() == 1);
  CHECK(c.outcomes().empty());
}

TEST_CASE("a future gives a vector, a single value or nothing") {
  call<std::string> many;
  many.add(source_of<std::string>(std::string("a"), std::string("b")));
  many.home()->seal();
  CHECK(future_of<as_vector>(std::move(many)).get() == std::vector<std::string>{"a", "b"});

  call<std::unique_ptr<int>> one;
  one.add(source_of<std::unique_ptr<int>>(std::make_unique<int>(3)));
  one.home()->seal();
  CHECK(*future_of<as_single>(std::move(one)).get() == 3);

  call<std::monostate> none;
  none.add(source_of<std::monostate>(std::monostate{}, std::monostate{}));
  none.home()->seal();
  auto f = future_of<as_vector>(std::move(none));
  STATIC_REQUIRE(std::is_same_v<decltype(f), future<void>>);
  f.get();
  CHECK_FALSE(f.valid());
}

TEST_CASE("a vector of bool is one") {
  call<bool> c;
  c.add(source_of<bool>(true, false));
  c.home()->seal();
  CHECK(future_of<as_vector>(std::move(c)).get() == std::vector<bool>{true, false});
}

TEST_CASE("get throws the error of the lowest item that failed") {
  call<int> c;
  c.add(source_of<int>(1, failed("second")));
  c.add(source_of<int>(failed("third"), 4));
  c.home()->seal();
  auto f = future_of<as_vector>(std::move(c));
  CHECK_THROWS_WITH(f.get(), "second");
  CHECK_FALSE(f.valid());

  call<std::monostate> none;
  none.add(source_of<std::monostate>(std::monostate{}, failed("second")));
  none.home()->seal();
  CHECK_THROWS_WITH(future_of<as_vector>(none).get(), "second");

  call<int> one;
  one.add(source_of<int>(failed("only")));
  one.home()->seal();
  CHECK_THROWS_WITH(future_of<as_single>(one).get(), "only");
}

TEST_CASE("a future is ready when its call is home") {
  call<int> c;
  const auto home = c.home();
  home->add();
  c.add(source_of<int>(1));
  home->seal();
  auto f = future_of<as_single>(c);
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

TEST_CASE("a future without a call has no state") {
  call<int> c;
  c.add(source_of<int>(1));
  c.home()->seal();
  auto moved_from = future_of<as_single>(c);
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
  call<int> c;
  c.home()->add();
  {
    const auto dropped = future_of<as_single>(c);
  }
  CHECK_FALSE(c.home()->ready());
}

TEST_CASE("futures move but do not copy, and do not cross") {
  STATIC_REQUIRE(std::is_nothrow_move_constructible_v<future<int>>);
  STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<future<int>>);
  STATIC_REQUIRE_FALSE(crossable<future<int>>);
  STATIC_REQUIRE(examined<future<int>>.why == kind::a_pool);
}
