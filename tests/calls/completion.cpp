// A call under way: parcels are counted home, and who waits is told.
#include <crosspool/calls/completion.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include "catch.hpp"

using namespace crosspool;
using namespace crosspool::detail;
using namespace std::chrono_literals;

namespace {

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
