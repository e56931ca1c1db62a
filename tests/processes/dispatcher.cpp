// Which worker gets which items, with workers of this process that run, pause and end where a test tells them to.
#include <crosspool/processes/dispatcher.hpp>
#include <crosspool/processes/worker.hpp>

#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "catch.hpp"

using namespace crosspool;
using namespace crosspool::detail;

namespace {

std::vector<int> times_run; // of each item, by its argument

int twice(int x) {
  if (static_cast<std::size_t>(x) < times_run.size())
    ++times_run[static_cast<std::size_t>(x)];
  return 2 * x;
}
using task = remote_task<int, int (*)(int), int>;

// A call of twice on first, first + 1, …, in one parcel.
struct sample_call {
  std::shared_ptr<completion> home;
  std::shared_ptr<task::parcel_type> parcel;

  std::vector<outcome<int>> outcomes() const {
    results<int> all(true);
    parcel->unpack(all);
    return all.take_outcomes();
  }
};

// A dispatcher with its workers.
class team {
public:
  explicit team(std::size_t workers, std::size_t most_items = 0) : dispatcher(workers, most_items), members_(workers) {
    for (std::size_t i = 0; i < workers; ++i)
      start(i);
  }

  // A worker in place of one that has ended.
  void start(std::size_t i) {
    auto& m = members_[i];
    m.runner.reset();
    m.queue.reset();
    auto [a, b] = socket_pair(SOCK_STREAM);
    m.socket = std::move(a);
    m.worker_socket = std::move(b);
    auto& l = dispatcher[i];
    l = lane(program_queue::create());
    l.open();
    m.queue = std::make_unique<worker_queue>(
        m.worker_socket.get(), shared_memory(duplicate(l.queue().memory()->file().get()), PROT_READ | PROT_WRITE),
        shared_memory(duplicate(requests->memory().file().get()), PROT_READ), duplicate(l.queue().door()),
        duplicate(bell.get()));
    m.runner = std::make_unique<work_runner>(*m.queue);
  }

  sample_call make(std::size_t items, std::uint32_t at_a_time = 0, double pace = 0, bool attended = false,
                   int first = 0, const call_limits& limits = {}) {
    sample_call made{std::make_shared<completion>(nullptr, attended, limits), nullptr};
    made.home->add();
    made.home->seal();
    if (pace != 0)
      made.home->set_pace(estimated_time(pace));
    made.parcel = task(&twice).start_parcel(made.home, "map", static_cast<std::size_t>(first), requests, 0, at_a_time);
    for (std::size_t i = 0; i < items; ++i)
      made.parcel->add(first + static_cast<int>(i));
    return made;
  }
  sample_call add(std::size_t items, std::uint32_t at_a_time = 0, double pace = 0, bool attended = false,
                  int first = 0) {
    auto made = make(items, at_a_time, pace, attended, first);
    dispatcher.add(made.parcel);
    return made;
  }

  // Whose items have a limit of time.
  sample_call add_timed(std::size_t items, std::chrono::nanoseconds timeout) {
    auto made = make(items, 1, 0, false, 0, {timeout, 0});
    dispatcher.add(made.parcel);
    return made;
  }

  worker_queue& queue(std::size_t i) { return *members_[i].queue; }
  work_queue& memory(std::size_t i) { return *reinterpret_cast<work_queue*>(dispatcher[i].queue().memory()->data()); }
  // Slots that the worker has not done.
  std::uint32_t ahead_of(std::size_t i) { return memory(i).tail - memory(i).head; }
  // The worker does the slot that it is at.
  void run_slot(std::size_t i) {
    REQUIRE(ahead_of(i) != 0);
    REQUIRE(queue(i).wait());
    members_[i].runner->run_slot();
  }
  // The worker does all that it has; what it has done is gathered.
  void run(std::size_t i) {
    while (ahead_of(i) != 0)
      run_slot(i);
    dispatcher.gather(dispatcher[i]);
  }
  // Deals out, runs and gathers until nothing is left.
  void run_all() {
    for (bool any = true; any;) {
      dispatcher.deal();
      any = false;
      for (std::size_t i = 0; i < members_.size(); ++i)
        if (!dispatcher[i].held().empty()) {
          run(i);
          any = true;
        }
    }
  }
  // The worker claims this many items of its slot, and publishes what became of the first few of them.
  void begin_slot(std::size_t i, std::uint32_t claimed, std::uint32_t answered) {
    auto& q = queue(i);
    REQUIRE(q.wait());
    members_[i].unfinished.emplace_back(std::make_unique<reply_writer>(q, 0));
    auto& writer = *members_[i].unfinished.back();
    auto request = q.request();
    const auto items = dispatcher[i]
                           .queue()
                           .at(memory(i).head - (memory(i).tail - dispatcher[i].queue().outstanding()))
                           .items.claim(claimed);
    REQUIRE(items.size() == claimed);
    for (std::uint32_t n = 0; n < answered; ++n)
      writer.add_values<int>(1, [&](std::size_t) {
        int x = 0;
        std::memcpy(&x, request.data() + request.size() - sizeof(int) * (of(i).size() - (items.begin + n)), sizeof x);
        return twice(x);
      });
  }
  // The parcel of the worker's oldest slot.
  remote_parcel& of(std::size_t i) { return *dispatcher[i].held().front().parcel; }

  wake_up bell;
  std::shared_ptr<arena> requests = std::make_shared<arena>();
  crosspool::detail::dispatcher dispatcher;

private:
  static descriptor duplicate(int fd) { return descriptor(::fcntl(fd, F_DUPFD_CLOEXEC, 3)); }

  struct member {
    descriptor socket, worker_socket;
    std::unique_ptr<worker_queue> queue;
    std::unique_ptr<work_runner> runner;
    std::vector<std::unique_ptr<reply_writer>> unfinished;
  };
  std::vector<member> members_;
};

std::exception_ptr died(std::size_t item) {
  return std::make_exception_ptr(worker_died("gone", item, 1, 9, -1));
}
std::exception_ptr died(const assignment& running) {
  return died(running.parcel->first() + running.items.begin);
}

// Whether each item has its value, but for these, which were lost with their worker.
bool all_answered(const sample_call& c, const std::vector<std::size_t>& lost = {}, int first = 0) {
  if (!c.home->ready())
    return false;
  const auto all = c.outcomes();
  if (all.size() != c.parcel->size())
    return false;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool is_lost = std::find(lost.begin(), lost.end(), i) != lost.end();
    if (is_lost) {
      try {
        static_cast<void>(all[i].value());
        return false;
      } catch (const worker_died& e) {
        if (e.item() != static_cast<std::size_t>(first) + i)
          return false;
      }
    } else if (!all[i].has_value() || *all[i] != 2 * (first + static_cast<int>(i)))
      return false;
  }
  return true;
}

std::uint32_t unclaimed(lane& l) {
  std::uint32_t sum = 0;
  for (std::uint32_t i = 0; i < l.held().size(); ++i)
    sum += l.queue().at(i).items.get().size();
  return sum;
}

} // namespace

// ---- dealing ----

TEST_CASE("parcels go to those that have nothing, then to those that have least") {
  team t(3);
  auto& d = t.dispatcher;
  std::vector<sample_call> calls;
  for (int i = 0; i < 3; ++i)
    calls.push_back(t.add(10, 0, 100));
  CHECK(d.queued() == 3);
  CHECK(d.deal());
  CHECK(d.queued() == 0);
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(d[i].held().size() == 1);
  calls.push_back(t.add(50, 0, 100));
  CHECK_FALSE(d.deal()); // nobody had nothing
  calls.push_back(t.add(5, 0, 100));
  calls.push_back(t.add(5, 0, 100));
  d.deal();
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(d[i].held().size() == 2);
  t.run(1);
  calls.push_back(t.add(1, 0, 1e9));
  CHECK(d.deal());
  CHECK(d[1].held().size() == 1);
  t.run_all();
  for (const auto& each : calls)
    CHECK(all_answered(each));
}

TEST_CASE("of those that are busy, the one with the least work is next") {
  team t(2);
  auto& d = t.dispatcher;
  const auto longer = t.add(10, 0, 1000), shorter = t.add(10, 0, 10);
  d.deal();
  const std::size_t less = d[0].estimate() < d[1].estimate() ? 0 : 1;
  const auto third = t.add(10, 0, 10);
  d.deal();
  CHECK(d[less].held().size() == 2);
  CHECK(d[1 - less].held().size() == 1);
  t.run_all();
  CHECK(all_answered(third));
}

TEST_CASE("a lane that takes nothing gets nothing") {
  team t(2);
  auto& d = t.dispatcher;
  d[0].close();
  const auto first = t.add(5), second = t.add(5);
  d.deal();
  CHECK(d[0].held().empty());
  d[1].close();
  const auto third = t.add(5);
  CHECK_FALSE(d.deal());
  CHECK(d.queued() == 1);
  CHECK_FALSE(d.rebalance(true));
  d[0].open();
  CHECK(d.deal());
  t.run(0);
  t.run(1);
  for (const auto& each : {first, second, third})
    CHECK(all_answered(each));
}

TEST_CASE("no more is dealt out ahead of time than is worth it, and all is some time") {
  team t(2);
  auto& d = t.dispatcher;
  std::vector<sample_call> calls;
  for (int i = 0; i < 20; ++i)
    calls.push_back(t.add(100));
  d.deal();
  CHECK(d[0].held().size() == 2); // nothing is known of how long they take
  CHECK(d[1].held().size() == 2);
  CHECK(d.queued() == 16);
  CHECK(d.enough_queued(0));
  t.run_all();
  for (const auto& each : calls)
    REQUIRE(all_answered(each));
  CHECK_FALSE(d.enough_queued(0));
  CHECK(d.unattended() == 0);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(d[i].held().empty());
    CHECK(d[i].estimate().count() == 0);
    CHECK(d[i].bytes() == 0);
  }
}

TEST_CASE("a queue that is full gets nothing until some of it is done") {
  team t(1);
  auto& d = t.dispatcher;
  const auto home = std::make_shared<completion>();
  for (int i = 0; i < 1000; ++i)
    home->set_pace(estimated_time(1));
  std::vector<std::shared_ptr<task::parcel_type>> parcels;
  for (int i = 0; i < 300; ++i) {
    home->add();
    parcels.push_back(task(&twice).start_parcel(home, "map", 0, t.requests, 0, 0));
    parcels.back()->add(i);
    d.add(parcels.back());
  }
  home->seal();
  d.deal();
  CHECK(d[0].held().size() == work_queue::slots);
  CHECK(d.queued() == 300 - work_queue::slots);
  t.run_slot(0);
  CHECK(d.gather(d[0]));
  d.deal();
  CHECK(d[0].held().size() == work_queue::slots);
  t.run_all();
  CHECK(home->ready());
}

TEST_CASE("what was learnt of a call's items tells how long the next take") {
  team t(1);
  auto& d = t.dispatcher;
  const auto first = t.add(10);
  d.deal();
  CHECK(first.home->measured() == 0);
  t.run(0);
  CHECK(first.home->measured() == 1);
  CHECK(first.home->pace().count() > 0);
  CHECK(all_answered(first));
}

TEST_CASE("a parcel is split where a worker may have only so many items") {
  team t(2, 7);
  auto& d = t.dispatcher;
  times_run.assign(40, 0);
  const auto call = t.add(40);
  d.deal();
  CHECK(d[0].held().size() == 1);
  CHECK(d[0].held().front().items.size() == 7);
  CHECK(d[1].held().front().items.size() == 7);
  CHECK(d[1].held().front().items.begin == 7);
  CHECK(d.queued() == 1);
  CHECK(d.used_up(d[0]));
  t.run(0);
  CHECK_FALSE(d.deal()); // the worker has had what it may have
  for (int replaced = 0; replaced < 4; ++replaced) {
    const auto which = static_cast<std::size_t>(replaced) % 2;
    t.run(which);
    CHECK_FALSE(d.take_over(d[which]));
    t.start(which);
    CHECK_FALSE(d.used_up(d[which]));
    d.deal();
  }
  t.run(0);
  t.run(1);
  CHECK(all_answered(call));
  CHECK(times_run == std::vector<int>(40, 1));
  times_run.clear();
}

TEST_CASE("the rest of what a worker may have is less than a parcel") {
  team t(1, 10);
  auto& d = t.dispatcher;
  const auto first = t.add(4), second = t.add(20);
  d.deal();
  REQUIRE(d[0].held().size() == 2);
  CHECK(d[0].held()[0].items.size() == 4);
  CHECK(d[0].held()[1].items.size() == 6);
  CHECK(d[0].given() == 10);
  t.run(0);
  CHECK(all_answered(first));
  CHECK_FALSE(second.home->ready());
}

TEST_CASE("what is of a higher priority is dealt out first, even if what is of a lower one has been dealt out") {
  team t(1);
  auto& d = t.dispatcher;
  const auto add = [&](int first, int priority) {
    const auto made = t.make(3, 0, 0, false, first, {.priority = priority});
    d.add(made.parcel);
    return made;
  };
  const auto running = add(0, 0);
  d.deal();
  t.begin_slot(0, 1, 1);
  for (int i = 1; i < 5; ++i)
    add(10 * i, 0);
  d.deal();
  CHECK(d[0].held().size() == 2);
  CHECK(d.enough_queued(0));
  CHECK_FALSE(d.enough_queued(1));
  const auto urgent = add(100, 1), lazy = add(200, -1);
  CHECK(d.queued() == 7); // the running call's last two and what had been dealt out again, too
  CHECK(d[0].held().front().items.size() == 1);
  d.fail_everything(call_was_cancelled());
}

TEST_CASE("an item that fails ends the call, where that is asked for") {
  team t(2);
  auto& d = t.dispatcher;
  const auto call = t.make(10, 1, 0, false, 0, {.fail_fast = true}), other = t.make(10, 1, 0, false, 20);
  d.add(call.parcel);
  d.add(other.parcel);
  d.deal();
  t.begin_slot(0, 1, 0);
  const auto running = d.take_over(d[0]);
  REQUIRE(running);
  CHECK_FALSE(call.home->ready());
  d.fail(*running, died(*running));
  d.deal();
  REQUIRE(call.home->ready());
  const auto outcomes = call.outcomes();
  CHECK_THROWS_AS(outcomes[0].value(), worker_died);
  for (std::size_t i = 1; i < 10; ++i)
    CHECK_THROWS_AS(outcomes[i].value(), cancelled);
  t.run(1);
  CHECK(all_answered(other, {}, 20));
}

TEST_CASE("parcels of a call that was abandoned end without being run") {
  team t(1);
  auto& d = t.dispatcher;
  times_run.assign(10, 0);
  const auto running = t.add(5), abandoned = t.make(5, 0, 0, false, 5), other = t.make(3);
  d.deal();
  d.add(abandoned.parcel);
  d.add(other.parcel);
  CHECK(d.unattended() == 3);
  abandoned.home->abandon();
  d.deal();
  CHECK(abandoned.home->ready());
  for (const auto& each : abandoned.outcomes())
    CHECK_THROWS_AS(each.value(), cancelled);
  CHECK(d.unattended() == 2);
  t.run_all();
  CHECK(all_answered(running));
  CHECK(all_answered(other));
  CHECK(std::count(times_run.begin() + 5, times_run.end(), 0) == 5);
  times_run.clear();
}

TEST_CASE("parcels of calls that nobody attends to are counted until they end") {
  team t(1);
  auto& d = t.dispatcher;
  const auto first = t.add(1), second = t.add(1, 0, 0, true), third = t.add(1);
  CHECK(d.unattended() == 2);
  d.deal();
  t.run_slot(0);
  d.gather(d[0]);
  CHECK(d.unattended() == 1);
  t.run_all();
  CHECK(d.unattended() == 0);
}

TEST_CASE("one call's end does not wait for another's") {
  team t(1);
  const auto first = t.add(3), second = t.add(3);
  t.dispatcher.deal();
  CHECK_FALSE(t.dispatcher.something_is_done());
  t.run_slot(0);
  CHECK(t.dispatcher.something_is_done());
  CHECK(t.dispatcher.gather(t.dispatcher[0]));
  CHECK_FALSE(t.dispatcher.gather(t.dispatcher[0]));
  CHECK(first.home->ready());
  CHECK_FALSE(second.home->ready());
  t.run_all();
  CHECK(second.home->ready());
}

// ---- rebalancing ----

TEST_CASE("a half of what the busiest has not begun goes to one that has nothing") {
  team t(3);
  auto& d = t.dispatcher;
  times_run.assign(200, 0);
  d[1].close();
  d[2].close();
  const auto call = t.add(100, 0, 1e6);
  d.deal();
  d[2].open();
  CHECK(d.rebalance(false));
  CHECK(unclaimed(d[0]) == 50);
  CHECK(unclaimed(d[2]) == 50);
  CHECK(d[2].held().front().items.begin == 50);
  CHECK(d[1].held().empty());
  d[1].open();
  CHECK(d.rebalance(false));
  CHECK(unclaimed(d[0]) + unclaimed(d[1]) + unclaimed(d[2]) == 100);
  CHECK(unclaimed(d[1]) == 25);
  CHECK_FALSE(d.rebalance(true)); // nobody has nothing
  t.run_all();
  CHECK(all_answered(call));
  CHECK(std::count(times_run.begin(), times_run.end(), 1) == 100);
  times_run.clear();
}

TEST_CASE("what is not worth a while of work is moved by force only") {
  team t(2);
  auto& d = t.dispatcher;
  d[1].close();
  const auto call = t.add(100, 0, 1);
  d.deal();
  d[1].open();
  CHECK_FALSE(d.rebalance(false));
  CHECK(d.rebalance(true));
  CHECK(unclaimed(d[1]) == 50);
  t.run_all();
  CHECK(all_answered(call));
}

TEST_CASE("the only item that a worker has not begun stays with it, unless it is at another") {
  team t(2);
  auto& d = t.dispatcher;
  d[1].close();
  const auto call = t.add(1, 0, 1e9);
  d.deal();
  d[1].open();
  CHECK_FALSE(d.rebalance(true));
  const auto second = t.add(2, 0, 1e9);
  d[1].close();
  d.deal();
  d[1].open();
  t.run_slot(0);
  d.gather(d[0]);
  CHECK(d.rebalance(true)); // one of two
  CHECK(unclaimed(d[0]) == 1);
  CHECK(unclaimed(d[1]) == 1);
  t.run(1);
  CHECK_FALSE(d.rebalance(true)); // the only one
  t.run_all();
  CHECK(all_answered(call));
  CHECK(all_answered(second));

  d[1].close();
  const auto third = t.add(2, 0, 1e9);
  d.deal();
  t.begin_slot(0, 1, 0);
  d[1].open();
  CHECK(d.rebalance(true)); // the only one that is not begun, but another is
  CHECK(unclaimed(d[0]) == 0);
  CHECK(unclaimed(d[1]) == 1);
}

TEST_CASE("nothing moves while there is something in the queue") {
  team t(2);
  auto& d = t.dispatcher;
  d[1].close();
  const auto first = t.add(100, 0, 1e9), second = t.add(100, 0, 1e9), third = t.add(100, 0, 1e9);
  d.deal();
  CHECK(d.queued() == 1);
  d[1].open();
  CHECK_FALSE(d.rebalance(true));
  t.run_all();
  CHECK(all_answered(third));
}

TEST_CASE("items that are claimed together move together") {
  for (const std::uint32_t unit : {2U, 7U, 64U, 1000U})
    for (const std::size_t parcels : {1U, 3U}) {
      team t(4);
      auto& d = t.dispatcher;
      times_run.assign(5000, 0);
      for (std::size_t i = 1; i < 4; ++i)
        d[i].close();
      std::vector<sample_call> calls;
      for (std::size_t n = 0; n < parcels; ++n) {
        auto made = t.make(unit * (2 + n), unit, 0, false, static_cast<int>(n * 1500));
        if (unit == 1000)
          made = t.make(unit, unit, 0, false, static_cast<int>(n * 1500));
        for (int i = 0; i < 20; ++i)
          made.home->set_pace(estimated_time(1000));
        d.add(made.parcel);
        calls.push_back(made);
      }
      d.deal();
      REQUIRE(d.queued() == 0);
      for (std::size_t i = 1; i < 4; ++i)
        d[i].open();
      d.rebalance(true);
      for (std::size_t i = 0; i < 4; ++i)
        for (const auto& each : d[i].held()) {
          CHECK(each.items.begin % unit == 0);
          CHECK(each.items.end % unit == 0);
        }
      CHECK(unclaimed(d[0]) != 0);
      if (unit * parcels != 1000)
        CHECK(unclaimed(d[1]) != 0);
      t.run_all();
      for (std::size_t n = 0; n < parcels; ++n)
        CHECK(all_answered(calls[n], {}, static_cast<int>(n * 1500)));
      CHECK(std::all_of(times_run.begin(), times_run.end(), [](int times) { return times <= 1; }));
      times_run.clear();
    }
}

TEST_CASE("items that have been taken back count for whom they are given to") {
  team t(2, 30);
  auto& d = t.dispatcher;
  d[1].close();
  const auto call = t.add(30, 0, 1e6);
  d.deal();
  CHECK(d.used_up(d[0]));
  d[1].open();
  CHECK(d.rebalance(true));
  CHECK(d[0].given() == 15);
  CHECK(d[1].given() == 15);
  t.run_all();
  CHECK(all_answered(call));
}

TEST_CASE("a parcel that has moved as a whole is counted once") {
  team t(2);
  auto& d = t.dispatcher;
  d[1].close();
  const auto at_work = t.add(1, 0, 1e6), moved = t.add(1, 0, 1e6);
  d.deal();
  REQUIRE(d[0].held().size() == 2);
  t.begin_slot(0, 1, 0); // as a long task
  d[1].open();
  CHECK(d.rebalance(true));
  REQUIRE(d[1].held().size() == 1);
  CHECK(d.unattended() == 2);
  t.run(1);
  CHECK(moved.home->ready());
  CHECK(d.unattended() == 1);
  const auto running = d.take_over(d[0]); // with an empty slot
  REQUIRE(running);
  CHECK(running->parcel == at_work.parcel);
  CHECK(d.queued() == 0);
  d.fail(*running, died(*running));
  CHECK(d.unattended() == 0);
}

TEST_CASE("a slot of which all was taken back ends nothing a second time") {
  team t(2);
  auto& d = t.dispatcher;
  d[1].close();
  const auto at_work = t.add(2, 0, 1e6), moved = t.add(1, 0, 1e6);
  d.deal();
  REQUIRE(d[0].held().size() == 2);
  d[1].open();
  CHECK(d.rebalance(true)); // the last
  REQUIRE(d[1].held().size() == 1);
  REQUIRE(d[1].held().front().parcel == moved.parcel);
  t.run(1);
  CHECK(moved.home->ready());
  CHECK(d.unattended() == 1);
  t.run_slot(0);
  t.run_slot(0); // the one that is empty
  d.gather(d[0]);
  CHECK(at_work.home->ready());
  CHECK(d.unattended() == 0);
}

namespace {
int functions_loaded = 0;
struct adds_member {
  int factor = 1;
  template <class Archive> void save(Archive& archive) const { archive(factor); }
  template <class Archive> void load(Archive& archive) {
    archive(factor);
    ++functions_loaded;
  }
  int operator()(int x) const { return factor * x; }
};
} // namespace

TEST_CASE("the request of a slot of which all was taken back is not read: it may be another's by now") {
  team t(1);
  const auto home = std::make_shared<completion>();
  home->add();
  home->seal();
  const auto parcel = remote_task<int, adds_member, int>(adds_member{3}).start_parcel(home, "map", 0, t.requests, 0, 0);
  parcel->add(1);
  t.dispatcher.add(parcel);
  t.dispatcher.deal();
  functions_loaded = 0;
  auto& l = t.dispatcher[0];
  const auto back = l.take_back(0, 0);
  REQUIRE(back.size() == 1);
  parcel->fail(back, died(0)); // as if it had ended elsewhere: the request's memory is free
  t.run(0);
  CHECK(functions_loaded == 0);
}

// ---- planning ----

TEST_CASE("workers ring when they have nothing more, or when it is time for more") {
  team t(2);
  auto& d = t.dispatcher;
  CHECK(d.plan() == estimated_time::max());
  CHECK(d.arm());
  std::vector<sample_call> calls;
  for (int i = 0; i < 4; ++i) {
    calls.push_back(t.make(10, 0, 100));
    for (int n = 0; n < 10; ++n)
      calls.back().home->set_pace(estimated_time(100));
    d.add(calls.back().parcel);
  }
  d[1].close();
  d.deal();
  REQUIRE(d[0].held().size() == 4);
  CHECK(d.plan().count() == Approx(4 * 10 * 100));
  CHECK(d[0].ring_after() == 4);
  CHECK(d.arm());
  for (int i = 0; i < 3; ++i)
    t.run_slot(0);
  t.bell.take();
  CHECK(t.memory(0).ring_at == t.memory(0).head + 1);
  ::pollfd polled{t.bell.get(), POLLIN, 0};
  CHECK(::poll(&polled, 1, 0) == 0);
  t.run_slot(0);
  CHECK(::poll(&polled, 1, 0) == 1);
  CHECK_FALSE(d.arm()); // it has got there
  d.gather(d[0]);

  for (int i = 0; i < 4; ++i)
    d.add(t.make(10).parcel);
  d.deal();
  REQUIRE(d.queued() != 0);
  REQUIRE(d[0].held().size() == 2);
  static_cast<void>(d.plan());
  CHECK(d[0].ring_after() == 1);
  d.disarm();
  t.bell.take();
  t.run_slot(0);
  CHECK(::poll(&polled, 1, 0) == 0);
}

TEST_CASE("workers ring when they are done with what somebody waits for") {
  team t(1);
  auto& d = t.dispatcher;
  std::vector<sample_call> calls;
  for (int i = 0; i < 6; ++i) {
    calls.push_back(t.make(10));
    for (int n = 0; n < 10; ++n)
      calls.back().home->set_pace(estimated_time(100));
    d.add(calls.back().parcel);
  }
  d.deal();
  REQUIRE(d[0].held().size() == 6);
  static_cast<void>(d.plan());
  CHECK(d[0].ring_after() == 6);
  calls[3].home->begin_waiting();
  CHECK(d.plan().count() == Approx(4 * 10 * 100));
  CHECK(d[0].ring_after() == 4);
  calls[1].home->begin_waiting();
  static_cast<void>(d.plan());
  CHECK(d[0].ring_after() == 2);
  calls[1].home->end_waiting();
  static_cast<void>(d.plan());
  CHECK(d[0].ring_after() == 4);
}

TEST_CASE("a call that somebody waits for is waited for to its last slot") {
  team t(1);
  auto& d = t.dispatcher;
  const auto home = std::make_shared<completion>();
  for (int n = 0; n < 10; ++n)
    home->set_pace(estimated_time(100));
  home->begin_waiting();
  std::vector<std::shared_ptr<task::parcel_type>> parcels;
  for (int i = 0; i < 5; ++i) {
    parcels.push_back(task(&twice).start_parcel(home, "map", 0, t.requests, 0, 0));
    parcels.back()->add(i);
    d.add(parcels.back());
  }
  d.deal();
  REQUIRE(d[0].held().size() == 5);
  static_cast<void>(d.plan());
  CHECK(d[0].ring_after() == 5);
}

TEST_CASE("where parcels are taken one by one, workers ring after the one that is waited for, or after any") {
  team t(1);
  auto& d = t.dispatcher;
  const auto home = std::make_shared<completion>();
  for (int n = 0; n < 10; ++n)
    home->set_pace(estimated_time(100));
  std::vector<std::shared_ptr<task::parcel_type>> parcels;
  for (std::size_t i = 0; i < 5; ++i) {
    parcels.push_back(task(&twice).start_parcel(home, "imap", i, t.requests, 0, 0));
    parcels.back()->add(0);
    d.add(parcels.back());
  }
  d.deal();
  REQUIRE(d[0].held().size() == 5);
  const auto now = completion::clock::time_point::min();
  home->wait_for(parcels[1].get(), 0, now);
  static_cast<void>(d.plan());
  CHECK(d[0].ring_after() == 5); // nobody waits any more
  home->begin_waiting();
  static_cast<void>(d.plan());
  CHECK(d[0].ring_after() == 1); // all up to that: what is before it is waited for, too
  home->wait_for(nullptr, 5, now);
  static_cast<void>(d.plan());
  CHECK(d[0].ring_after() == 1);
}

// ---- workers that end ----

TEST_CASE("a worker that had claimed nothing costs nothing") {
  team t(1);
  auto& d = t.dispatcher;
  times_run.assign(10, 0);
  const auto call = t.add(5), next = t.add(5, 0, 0, false, 5);
  d.deal();
  CHECK_FALSE(d.take_over(d[0]));
  CHECK(d.queued() == 2);
  CHECK(d[0].held().empty());
  CHECK_FALSE(d[0].is_open());
  t.start(0);
  t.run_all();
  CHECK(all_answered(call));
  CHECK(all_answered(next, {}, 5));
  CHECK(times_run == std::vector<int>(10, 1));
  times_run.clear();
}

TEST_CASE("a worker that had claimed items and answered none costs the first of them") {
  for (const std::uint32_t claimed : {1U, 3U, 5U}) {
    team t(1);
    auto& d = t.dispatcher;
    const auto call = t.add(5, 3), next = t.add(5);
    d.deal();
    t.begin_slot(0, claimed, 0);
    const auto running = d.take_over(d[0]);
    REQUIRE(running);
    CHECK(running->parcel == call.parcel);
    CHECK(running->items.begin == 0);
    CHECK(running->items.end == 1);
    CHECK(d.queued() == 2);
    d.fail(*running, died(*running));
    t.start(0);
    t.run_all();
    CHECK(all_answered(call, {0}));
    CHECK(all_answered(next));
    CHECK(d.unattended() == 0);
  }
}

TEST_CASE("a worker that had answered some of what it claimed costs the next") {
  for (std::uint32_t claimed = 1; claimed <= 5; ++claimed)
    for (std::uint32_t answered = 1; answered <= claimed; ++answered) {
      team t(1);
      auto& d = t.dispatcher;
      times_run.assign(10, 0);
      const auto call = t.add(5), next = t.add(5, 0, 0, false, 5);
      d.deal();
      t.begin_slot(0, claimed, answered);
      const auto running = d.take_over(d[0]);
      std::vector<std::size_t> lost;
      if (answered < claimed) {
        REQUIRE(running);
        CHECK(running->items.begin == answered);
        CHECK(running->items.size() == 1);
        lost.push_back(answered);
        d.fail(*running, died(*running));
      } else
        CHECK_FALSE(running);
      CHECK(d.queued() == (answered == 5 || (answered == 4 && claimed == 5) ? 1U : 2U));
      t.start(0);
      t.run_all();
      CHECK(all_answered(call, lost));
      CHECK(all_answered(next, {}, 5));
      for (std::size_t i = 0; i < 10; ++i)
        CHECK(times_run[i] == (lost.empty() || lost.front() != i ? 1 : 0));
      CHECK(d.unattended() == 0);
      times_run.clear();
    }
}

TEST_CASE("what a worker had done but nobody had gathered is not lost with it") {
  team t(1);
  auto& d = t.dispatcher;
  times_run.assign(20, 0);
  std::vector<sample_call> calls;
  for (int i = 0; i < 4; ++i) {
    calls.push_back(t.make(5, 0, 0, false, 5 * i));
    for (int n = 0; n < 10; ++n)
      calls.back().home->set_pace(estimated_time(100));
    d.add(calls.back().parcel);
  }
  d.deal();
  REQUIRE(d[0].held().size() == 4);
  t.run_slot(0);
  t.run_slot(0);
  t.begin_slot(0, 2, 1);
  const auto running = d.take_over(d[0]);
  CHECK(all_answered(calls[0]));
  CHECK(all_answered(calls[1], {}, 5));
  REQUIRE(running);
  CHECK(running->parcel == calls[2].parcel);
  CHECK(running->items.begin == 1);
  CHECK(d.queued() == 2);
  d.fail(*running, died(*running));
  t.start(0);
  t.run_all();
  CHECK(all_answered(calls[2], {1}, 10));
  CHECK(all_answered(calls[3], {}, 15));
  CHECK(std::count(times_run.begin(), times_run.end(), 1) == 19);
  CHECK(d.unattended() == 0);
  times_run.clear();
}

TEST_CASE("what was taken back from a worker before it ended is not its to lose") {
  team t(2);
  auto& d = t.dispatcher;
  times_run.assign(20, 0);
  d[1].close();
  const auto call = t.add(20, 0, 1e6);
  d.deal();
  t.begin_slot(0, 4, 2);
  d[1].open();
  REQUIRE(d.rebalance(true));
  const auto moved = unclaimed(d[1]);
  CHECK(moved == 8);
  const auto running = d.take_over(d[0]);
  REQUIRE(running);
  CHECK(running->items.begin == 2);
  d.fail(*running, died(*running));
  t.run_all();
  CHECK(all_answered(call, {2}));
  CHECK(std::count(times_run.begin(), times_run.end(), 1) == 19);
  times_run.clear();
}

TEST_CASE("nonsense in a worker's memory is found out, and each item still ends once") {
  // What is wrong, done to the worker's memory after it has run a slot of 5 items and claimed 3 of the next.
  using spoil = void (*)(team&, reply_block&);
  const spoil ways[] = {
      [](team& t, reply_block&) { t.memory(0).head = t.memory(0).head + 77; },
      [](team& t, reply_block&) { t.memory(0).slot[0].replies = 3; },
      [](team& t, reply_block&) { t.memory(0).slot[0].replies = ~std::uint64_t{63}; },
      [](team& t, reply_block&) { t.memory(0).slot[0].replies = 0; },
      [](team&, reply_block& b) { b.published = 4; },
      [](team&, reply_block& b) { b.published = 6; },
      [](team&, reply_block& b) { b.published = ~0U; },
      [](team&, reply_block& b) { b.used = 17; },
      [](team&, reply_block& b) { b.used = 0; },
      [](team&, reply_block& b) { b.used = ~std::uint64_t{0}; },
      [](team& t, reply_block& b) { b.next = t.queue(0).offset_of(b); }, // in a circle
      [](team&, reply_block& b) { b.next = 12345; },
      [](team&, reply_block& b) { std::memset(b.data(), 0, 64); },
      [](team&, reply_block& b) { std::memset(b.data(), 255, 64); },
      [](team& t, reply_block&) { t.memory(0).slot[0].items.set({3, 2}); },
      [](team& t, reply_block&) { t.memory(0).slot[1].items.set({~0U, 5}); },
  };
  for (std::size_t way = 0; way < std::size(ways); ++way) {
    INFO("way " << way);
    team t(1);
    auto& d = t.dispatcher;
    const auto call = t.add(5), next = t.add(5);
    d.deal();
    t.run_slot(0);
    t.begin_slot(0, 3, 1);
    auto& block = *reinterpret_cast<reply_block*>(d[0].queue().memory()->data() + t.memory(0).slot[0].replies);
    ways[way](t, block);
    try {
      d.gather(d[0]);
    } catch (const error&) { // the worker is killed then
    }
    if (const auto running = d.take_over(d[0]))
      d.fail(*running, died(*running));
    t.start(0);
    t.run_all();
    for (const auto& c : {call, next}) {
      REQUIRE(c.home->ready());
      CHECK(c.outcomes().size() <= 5);
    }
    CHECK(d.queued() == 0);
    CHECK(d[0].held().empty());
  }
}

TEST_CASE("a worker that answers what it was not given does not keep its call from being counted as ended") {
  team t(1);
  auto& d = t.dispatcher;
  const auto call = t.add(5);
  d.deal();
  t.run_slot(0);
  auto& block = *reinterpret_cast<reply_block*>(d[0].queue().memory()->data() + t.memory(0).slot[0].replies);
  block.next = 12345; // behind the last item
  CHECK_THROWS_AS(d.gather(d[0]), error);
  CHECK_FALSE(d.take_over(d[0]));
  CHECK(all_answered(call));
  CHECK(d.unattended() == 0);
}

TEST_CASE("a worker that leaves items out is found out, and they run elsewhere") {
  team t(1);
  auto& d = t.dispatcher;
  times_run.assign(5, 0);
  const auto call = t.add(5);
  d.deal();
  t.begin_slot(0, 2, 2);
  t.queue(0).end_slot();
  CHECK_THROWS_AS(d.gather(d[0]), error);
  CHECK_FALSE(d.take_over(d[0]));
  t.start(0);
  t.run_all();
  CHECK(all_answered(call));
  CHECK(times_run == std::vector<int>(5, 1));
  times_run.clear();
}

TEST_CASE("what a worker says is not begun is taken back only if it can be so") {
  const auto wrong = GENERATE(item_range{3, 1'000'000'000}, item_range{9, 4}, item_range{0, 11},
                              item_range{~0U, ~0U - 1});
  team t(2);
  auto& d = t.dispatcher;
  d[1].close();
  const auto call = t.add(10), next = t.add(10);
  d.deal();
  d[1].open();
  t.memory(0).slot[1].items.set(wrong);
  CHECK_FALSE(d.rebalance(true));
  CHECK(d[1].held().empty());
  CHECK(d.something_is_done()); // so that it is found out
  CHECK_FALSE(d.arm());
  CHECK_THROWS_AS(d.gather(d[0]), error);
  CHECK(d.arm()); // it is to be killed: until then, nobody need look at it again and again
  CHECK_FALSE(d.something_is_done());
  const auto lost = d.take_over(d[0]);
  REQUIRE(lost);
  CHECK(lost->items.size() == 10); // of its oldest slot, as nobody knows which
  d.fail(*lost, died(*lost));
  t.start(0);
  t.run_all();
  CHECK(call.home->ready());
  CHECK(all_answered(next));
}

TEST_CASE("a worker that has filled its memory with zeros has begun what it was given") {
  team t(1);
  auto& d = t.dispatcher;
  const auto call = t.add(1);
  d.deal();
  std::memset(static_cast<void*>(&t.memory(0)), 0, sizeof(work_queue));
  const auto lost = d.take_over(d[0]);
  REQUIRE(lost); // or it would be run by one worker after the other
  d.fail(*lost, died(*lost));
  CHECK(all_answered(call, {0}));
}

TEST_CASE("everything ends with one error where nothing more can run") {
  team t(2);
  auto& d = t.dispatcher;
  std::vector<sample_call> calls;
  for (int i = 0; i < 10; ++i)
    calls.push_back(t.add(5));
  d.deal();
  t.run(0);
  t.begin_slot(1, 3, 2);
  d.fail_everything(std::make_exception_ptr(cancelled("the end")));
  CHECK(d.queued() == 0);
  CHECK(d.unattended() == 0);
  std::size_t values = 0, errors = 0;
  for (const auto& each : calls) {
    REQUIRE(each.home->ready());
    for (const auto& o : each.outcomes())
      if (o)
        ++values;
      else {
        CHECK_THROWS_AS(o.value(), cancelled);
        ++errors;
      }
  }
  CHECK(values == 10);
  CHECK(errors == 40);
  for (std::size_t i = 0; i < 2; ++i) { // their workers end later
    CHECK(d[i].held().empty());
    CHECK_FALSE(d.take_over(d[i]));
  }
}

// ---- replies in many blocks ----

TEST_CASE("a reply that is written in small parts may be large") {
  for (const std::size_t parts : {10U, 1000U, 100'000U, 3'000'000U}) {
    team t(1);
    const auto f = [](std::size_t n) { return std::vector<std::string>(n, "x"); };
    using many = remote_task<std::vector<std::string>, std::remove_const_t<decltype(f)>, std::size_t>;
    const auto home = std::make_shared<completion>();
    home->add();
    home->seal();
    const auto parcel = many(f).start_parcel(home, "apply", 0, t.requests, 0, 0);
    parcel->add(parts);
    t.dispatcher.add(parcel);
    t.dispatcher.deal();
    t.run_slot(0);
    INFO(parts << " parts");
    bool gathered = false;
    CHECK_NOTHROW(gathered = t.dispatcher.gather(t.dispatcher[0]));
    CHECK(gathered);
    if (!home->ready())
      continue;
    results<std::vector<std::string>> all(true);
    parcel->unpack(all);
    const auto outcomes = all.take_outcomes();
    REQUIRE(outcomes.size() == 1);
    CHECK(outcomes[0].value().size() == parts);
  }
}

// ---- all of it ----

TEST_CASE("whatever happens, each item ends once") {
  for (unsigned seed = 0; seed < 300; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
    const std::size_t workers = 1 + below(4), most_items = below(3) == 0 ? 1 + below(30) : 0;
    team t(workers, most_items);
    auto& d = t.dispatcher;
    struct entry {
      sample_call call;
      int first;
      std::vector<std::size_t> lost;
      bool abandoned;
    };
    std::vector<entry> entries;
    std::vector<bool> is_paused(workers); // in the middle of a slot
    int next = 0;
    times_run.assign(20'000, 0);
    const auto replace = [&](std::size_t i) {
      if (const auto running = d.take_over(d[i])) {
        REQUIRE(running->items.size() == 1);
        for (auto& each : entries)
          if (each.call.parcel == running->parcel)
            each.lost.push_back(running->items.begin);
        d.fail(*running, died(*running));
      }
      t.start(i);
      is_paused[i] = false;
    };
    for (int step = 0; step < 200; ++step) {
      const auto i = below(workers);
      switch (below(9)) {
      case 0:
      case 1: {
        const auto items = 1 + (below(4) == 0 ? below(200) : below(5));
        entries.push_back({t.add(items, static_cast<std::uint32_t>(below(3) == 0 ? 1 + below(20) : 0),
                                 below(2) == 0 ? 0 : 1e6, below(2) == 0, next),
                           next,
                           {},
                           false});
        next += static_cast<int>(items);
        break;
      }
      case 2:
      case 3:
        if (!is_paused[i] && t.ahead_of(i) != 0)
          t.run_slot(i);
        break;
      case 4:
        d.rebalance(below(2) == 0);
        break;
      case 5:
        d.gather(d[i]);
        if (d.used_up(d[i]) && d[i].held().empty())
          replace(i);
        break;
      case 6:
        if (!is_paused[i] && t.ahead_of(i) != 0) {
          d.gather(d[i]);
          const auto there = d[i].queue().at(0).items.get();
          // It runs what it claims from the front, so that no more than that is what it may be at.
          if (!there.empty()) {
            const auto claimed = static_cast<std::uint32_t>(1 + below(there.size()));
            t.begin_slot(i, claimed, static_cast<std::uint32_t>(below(claimed + 1)));
            is_paused[i] = true;
          }
        }
        break;
      case 7:
        if (below(4) == 0)
          replace(i);
        break;
      default:
        if (!entries.empty() && below(4) == 0) {
          auto& one = entries[below(entries.size())];
          one.call.home->abandon();
          one.abandoned = true;
        }
      }
      d.deal();
    }
    for (bool any = true; any;) {
      any = false;
      d.deal();
      for (std::size_t i = 0; i < workers; ++i) {
        if (is_paused[i])
          replace(i);
        any = any || !d[i].held().empty();
        t.run(i);
        if (d.used_up(d[i]))
          replace(i), any = true;
      }
      any = any || d.queued() != 0;
    }
    for (const auto& each : entries) {
      REQUIRE(each.call.home->ready());
      if (!each.abandoned) {
        REQUIRE(all_answered(each.call, each.lost, each.first));
        continue;
      }
      const auto all = each.call.outcomes();
      REQUIRE(all.size() == each.call.parcel->size());
      for (std::size_t n = 0; n < all.size(); ++n)
        if (all[n])
          REQUIRE(*all[n] == 2 * (each.first + static_cast<int>(n)));
    }
    REQUIRE(std::all_of(times_run.begin(), times_run.end(), [](int times) { return times <= 1; }));
    REQUIRE(d.unattended() == 0);
    times_run.clear();
  }
}

// ---- limits of time ----

namespace {
using time_point = std::chrono::steady_clock::time_point;
using std::chrono::seconds;

} // namespace

TEST_CASE("where no item has a limit of time, nobody needs to look") {
  team t(2);
  const auto c = t.add(10);
  t.dispatcher.deal();
  CHECK(t.dispatcher.look_at() == time_point::max());
  t.begin_slot(0, 1, 0);
  CHECK(t.dispatcher.overdue(std::chrono::steady_clock::now() + std::chrono::hours(1)).empty());
  CHECK(t.dispatcher.look_at() == time_point::max());
}

TEST_CASE("an item has its time from its beginning, and not before it has begun") {
  team t(2);
  auto& d = t.dispatcher;
  const auto c = t.add_timed(10, seconds(10));
  const auto before = std::chrono::steady_clock::now();
  d.deal();
  CHECK(d.look_at() >= before + seconds(10));
  const auto now = std::chrono::steady_clock::now();
  CHECK(d.look_at() <= now + seconds(10));
  CHECK(d.overdue(now + seconds(100)).empty()); // it has not begun
  CHECK(d.look_at() == now + seconds(110));
  t.begin_slot(0, 1, 0);
  CHECK(d.overdue(now + seconds(101)).empty()); // it may have begun just now
  CHECK(d.look_at() <= now + seconds(111));
  CHECK(d.overdue(d.look_at()) == std::vector<std::size_t>{0});
  CHECK(d[0].current_item() == 0);
}

TEST_CASE("the next item has its own time") {
  team t(1);
  auto& d = t.dispatcher;
  const auto c = t.add_timed(3, seconds(10));
  const auto now = std::chrono::steady_clock::now();
  d.deal();
  t.begin_slot(0, 1, 1);
  CHECK(d.overdue(now + seconds(5)).empty());
  t.begin_slot(0, 1, 0);
  CHECK(d[0].current_item() == 1);
  CHECK(d.overdue(now + seconds(14)).empty()); // begun between 5 and 14
  CHECK(d.overdue(now + seconds(25)) == std::vector<std::size_t>{0});
}

TEST_CASE("a worker cannot claim to have begun before it was seen elsewhere, nor in the future") {
  team t(1);
  auto& d = t.dispatcher;
  const auto c = t.add_timed(2, seconds(10));
  d.deal();
  const auto now = std::chrono::steady_clock::now();
  const auto when = GENERATE(std::int64_t{0}, std::numeric_limits<std::int64_t>::min(),
                             std::numeric_limits<std::int64_t>::max());
  t.begin_slot(0, 1, 0);
  t.memory(0).claimed_at.store(when);
  CHECK(d.overdue(now + seconds(1)).empty());
  CHECK(d.look_at() <= now + seconds(11));
  CHECK(d.overdue(now + seconds(11)) == std::vector<std::size_t>{0});
}

TEST_CASE("what a worker has not begun is all taken back") {
  team t(2);
  auto& d = t.dispatcher;
  std::vector<sample_call> calls;
  d[1].close();
  calls.push_back(t.add(10));
  calls.push_back(t.add(10));
  d.deal();
  REQUIRE(d[0].held().size() == 2);
  t.begin_slot(0, 3, 1);
  d[0].close();
  d.take_back_all(d[0]);
  CHECK(unclaimed(d[0]) == 0);
  d[1].open();
  d.deal();
  t.run(1);
  const auto running = d.take_over(d[0]);
  REQUIRE(running);
  CHECK(running->items.begin == 1);
  d.fail(*running, died(*running));
  t.start(0);
  t.run_all();
  CHECK(all_answered(calls[0], {1}));
  CHECK(all_answered(calls[1]));
  times_run.clear();
}

TEST_CASE("of a cancelled call, no item is begun any more, and others go on") {
  team t(2);
  auto& d = t.dispatcher;
  const auto kept = t.add(10);
  const auto dropped = t.add(10), queued = t.add(5);
  d.deal();
  const auto at = d[0].held().front().parcel == dropped.parcel ? std::size_t{0} : std::size_t{1};
  t.begin_slot(at, 1, 0);
  const auto why = std::make_exception_ptr(cancelled("so"));
  CHECK(d.cancel(*dropped.home, why) == std::vector<std::size_t>{at});
  const auto running = d.take_over(d[at]);
  REQUIRE(running);
  CHECK(running->items.size() == 1);
  d.fail(*running, why);
  t.start(at);
  t.run_all();
  CHECK(all_answered(kept));
  CHECK(all_answered(queued));
  REQUIRE(dropped.home->ready());
  for (const auto& each : dropped.outcomes())
    CHECK_THROWS_AS(each.value(), cancelled);
  CHECK(d.unattended() == 0);
}

TEST_CASE("an item may be tried again so often") {
  team t(1);
  auto made = t.make(2, 0, 0, false, 0, {std::chrono::nanoseconds(0), 2});
  CHECK(made.parcel->may_retry(1));
  CHECK(made.parcel->may_retry(0));
  CHECK(made.parcel->may_retry(1));
  CHECK_FALSE(made.parcel->may_retry(1));
  CHECK(made.parcel->may_retry(0));
  CHECK_FALSE(made.parcel->may_retry(0));
  CHECK_FALSE(t.make(1).parcel->may_retry(0));
}
