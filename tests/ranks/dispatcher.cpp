// Which rank gets which items, with ranks that are this test: it reads what they are sent, and answers for them.
#include <crosspool/ranks/dispatcher.hpp>
#include <crosspool/ranks/heads.hpp>
#include <crosspool/wire/task.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "../catch.hpp"

using namespace crosspool;
using namespace crosspool::detail;

namespace {

using task = remote_task<int, int (*)(int), int>;
int twice(int x) {
  return 2 * x;
}

// A message that a rank has been sent: a batch, by its number and its call, or something else.
struct sent {
  std::size_t rank;
  rank_message_kind kind;
  std::uint64_t number = 0, seed = 0;
  std::vector<std::uint64_t> broadcasts{};
};

class team {
public:
  explicit team(std::size_t ranks, int workers = 1)
      : broadcasts(ranks, outgoing_), dispatcher(ranks, workers, broadcasts, outgoing_) {
    for (std::size_t i = 0; i < ranks; ++i)
      dispatcher.let_take(i, true);
  }

  std::shared_ptr<completion> call(const call_limits& limits = {}) {
    auto made = std::make_shared<completion>(nullptr, false, limits);
    made->seal();
    return made;
  }
  // A parcel of one item.
  std::shared_ptr<task::parcel_type> add(const std::shared_ptr<completion>& of,
                                         const std::shared_ptr<const void>& refers_to = nullptr) {
    of->add();
    auto made = task(&twice).start_parcel(of, "map", 0, requests, 0, 0);
    made->add(1);
    if (refers_to)
      made->keep(refers_to);
    dispatcher.add(made);
    return made;
  }

  std::vector<sent> deal() {
    dispatcher.deal();
    return take_sent();
  }
  std::vector<sent> take_sent() {
    std::vector<sent> all;
    for (const auto& [rank, message] : std::exchange(outgoing_, {})) {
      byte_view head = message.head;
      auto& each = all.emplace_back(sent{rank, message.kind});
      if (message.kind == rank_message_kind::batch) {
        const auto said = decode<batch_head>(head);
        each.number = said.number;
        each.seed = said.seed;
        each.broadcasts = said.broadcasts;
      } else
        each.number = decode<std::uint64_t>(head);
    }
    return all;
  }

  // A rank says that its batch has ended, with which it was all the time: so what a round trip takes is not learnt
  // here.
  bool answer(std::uint64_t number, piece_kind kind = piece_kind::no_memory) {
    bytes head;
    const std::chrono::nanoseconds held = std::chrono::hours(1);
    encode(head, answer_head{number, 0, held.count(), {{0, 1, kind}}});
    arriving_message message;
    message.kind = rank_message_kind::answer;
    message.head = head;
    return dispatcher.take_answer(message, nullptr);
  }

  const std::shared_ptr<arena> requests = std::make_shared<arena>();

private:
  outgoing_messages outgoing_;

public:
  sent_broadcasts broadcasts;
  rank_dispatcher dispatcher;
};

std::size_t count(const std::vector<sent>& all, std::size_t rank) {
  std::size_t n = 0;
  for (const auto& each : all)
    n += each.rank == rank ? 1 : 0;
  return n;
}

std::string error_of(task::parcel_type& of) {
  results<int> all(true);
  of.unpack(all);
  auto outcomes = all.take_outcomes();
  try {
    std::rethrow_exception(outcomes.at(0).error());
  } catch (const std::exception& e) {
    return e.what();
  }
}

} // namespace

TEST_CASE("all ranks get the same, up to some batches ahead; more when they have answered") {
  team t(2);
  const auto call = t.call();
  for (int i = 0; i < 100; ++i)
    t.add(call);
  const auto given = t.deal();
  CHECK(given.size() >= 4);
  CHECK(given.size() < 20);
  CHECK(count(given, 0) == count(given, 1));
  CHECK(t.deal().empty());
  for (const auto& each : given)
    if (each.rank == 1)
      CHECK(t.answer(each.number));
  const auto more = t.deal();
  CHECK(count(more, 0) == 0);
  CHECK(count(more, 1) != 0);
  CHECK(!t.answer(given.back().number)); // which has been answered
}

TEST_CASE("a rank that takes none gets none") {
  team t(2);
  t.dispatcher.let_take(0, false);
  const auto call = t.call();
  for (int i = 0; i < 100; ++i)
    t.add(call);
  const auto given = t.deal();
  CHECK(count(given, 0) == 0);
  CHECK(count(given, 1) == given.size());
  CHECK(!given.empty());
}

TEST_CASE("what is more urgent is dealt out first") {
  team t(1);
  const auto usual = t.call({.seed = 1}), urgent = t.call({.seed = 2, .priority = 1});
  t.add(usual);
  t.add(urgent);
  const auto given = t.deal();
  REQUIRE(given.size() == 2);
  CHECK(given[0].seed == 2);
  CHECK(given[1].seed == 1);
}

TEST_CASE("what has ended is no more out") {
  team t(1);
  const auto parcel = t.add(t.call());
  CHECK(t.dispatcher.nothing_is_out());
  CHECK(!t.dispatcher.holds_nothing());
  const auto given = t.deal();
  REQUIRE(given.size() == 1);
  CHECK(!t.dispatcher.nothing_is_out());
  CHECK(!parcel->is_home());
  t.answer(given[0].number);
  CHECK(parcel->is_home());
  CHECK_THAT(error_of(*parcel), ContainsSubstring("bad_alloc"));
  CHECK(t.dispatcher.holds_nothing());
}

TEST_CASE("a call that is cancelled ends where it waits, and ranks that have some of it are told once") {
  team t(2);
  const auto call = t.call({.seed = 7}), other = t.call({.seed = 8});
  std::vector<std::shared_ptr<task::parcel_type>> parcels;
  for (int i = 0; i < 100; ++i)
    parcels.push_back(t.add(call));
  t.deal();
  const auto waits = t.add(other);
  t.dispatcher.cancel(*call);
  const auto told = t.take_sent();
  REQUIRE(told.size() == 2);
  CHECK(count(told, 0) == 1);
  for (const auto& each : told) {
    CHECK(each.kind == rank_message_kind::cancel);
    CHECK(each.number == 7);
  }
  CHECK(!parcels.front()->is_home());
  CHECK_THAT(error_of(*parcels.back()), ContainsSubstring("cancelled"));
  CHECK(!waits->is_home());
}

TEST_CASE("at the end, everything fails for the reason given") {
  team t(1);
  const auto call = t.call();
  std::vector<std::shared_ptr<task::parcel_type>> parcels;
  for (int i = 0; i < 100; ++i)
    parcels.push_back(t.add(call));
  const auto given = t.deal();
  t.dispatcher.fail_everything(std::make_exception_ptr(cancelled("no more")));
  for (const auto& each : parcels)
    CHECK(error_of(*each) == "no more");
  CHECK(t.dispatcher.holds_nothing());
  CHECK(!t.answer(given[0].number));
}

TEST_CASE("what waits at one rank is asked back for another that has nothing to do") {
  team t(2);
  t.dispatcher.let_take(1, false);
  const auto call = t.call();
  t.add(call);
  t.add(call);
  const auto given = t.deal();
  REQUIRE(given.size() == 2);
  t.dispatcher.let_take(1, true);
  std::this_thread::sleep_for(std::chrono::milliseconds(3)); // what is new would have begun before it could come back
  const auto asked = t.deal();
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].kind == rank_message_kind::give_back);
  CHECK(asked[0].rank == 0);
  CHECK(asked[0].number == given[1].number); // the one that would be begun last
  CHECK(t.deal().empty());

  SECTION("it comes, and goes to that rank") {
    t.dispatcher.take_back({asked[0].number, false});
    const auto again = t.deal();
    REQUIRE(again.size() == 1);
    CHECK(again[0].rank == 1);
    CHECK(again[0].number != given[1].number);
  }
  SECTION("it had been begun, and is not asked for again") {
    t.dispatcher.take_back({asked[0].number, true});
    const auto next = t.deal();
    REQUIRE(next.size() == 1);
    CHECK(next[0].number == given[0].number);
  }
}

TEST_CASE("a broadcast value goes to a rank once, before the first batch that refers to it") {
  team t(1);
  auto handle = t.broadcasts.add(std::make_unique<const broadcast_message>(t.requests, std::string("value")));
  const auto number = handle->place().number;
  const auto call = t.call();
  t.add(call, handle);
  t.add(call, handle);
  auto all = t.deal();
  REQUIRE(all.size() == 3);
  CHECK(all[0].kind == rank_message_kind::broadcast);
  CHECK(all[0].number == number);
  CHECK(all[1].broadcasts == std::vector{number});
  CHECK(all[2].broadcasts == std::vector{number});
  t.broadcasts.forget_gone();
  CHECK(t.take_sent().empty());

  t.answer(all[1].number);
  t.answer(all[2].number);
  handle.reset();
  t.broadcasts.forget_gone();
  all = t.take_sent();
  REQUIRE(all.size() == 1);
  CHECK(all[0].kind == rank_message_kind::forget);
  CHECK(all[0].number == number);
}
