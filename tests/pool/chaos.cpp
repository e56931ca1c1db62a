// A pool under fire: one thread kills processes of it at random, now and then a fork pool's template too, while others
// use every verb. Every item ends in exactly one way, a value is right, and a pool that has come to its end is made
// anew. For how many seconds, the environment says: CROSSPOOL_CHAOS=120 is for a long run.
#include <crosspool/crosspool.hpp>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <mutex>
#include <numeric>
#include <random>
#include <string>
#include <sys/syscall.h>
#include <thread>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "child.hpp"

using namespace crosspool;
using namespace std::chrono_literals;
using steady_clock = std::chrono::steady_clock;

namespace {

std::chrono::seconds time_of_chaos() {
  const char* const asked = std::getenv("CROSSPOOL_CHAOS");
  return std::chrono::seconds(asked != nullptr ? std::atoi(asked) : 5);
}

std::vector<pid_t> children_of(pid_t pid) {
  std::vector<pid_t> all;
  std::error_code none;
  for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task", none)) {
    std::ifstream list(task.path() / "children");
    for (pid_t child = 0; list >> child;)
      all.push_back(child);
  }
  return all;
}

// Sends the signal unless the process, which is named by a number only, is no longer a descendant of this one.
void signal_descendant(pid_t pid, pid_t parent, int number) {
  const auto watch = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (watch < 0)
    return;
  for (const pid_t still : children_of(parent)) // the number may have become another's before it was opened
    if (still == pid)
      ::syscall(SYS_pidfd_send_signal, watch, number, nullptr, 0);
  ::close(watch);
}

struct Item {
  int number;
  std::string text;
};
struct Answer {
  int number;
  std::string text;
};
std::string text_of(int number) {
  const auto size = number % 97 == 0 ? 300'000 : number % 13 * 50;
  return std::string(static_cast<std::size_t>(size), static_cast<char>('a' + number % 26));
}
Answer answer(const Item& item) {
  volatile unsigned x = 0; // some microseconds
  for (unsigned i = 0; i < 2'000; ++i)
    x = x + i;
  return {3 * item.number, item.text};
}
Answer answer_row(const Item& item, int) {
  return answer(item);
}
int triple(int x) {
  return 3 * x;
}

bool is_right(int number, const Answer& a) {
  return a.number == 3 * number && a.text == text_of(number);
}

// How items have ended.
struct tally {
  std::atomic<std::size_t> values = 0, died = 0, not_started = 0, cancellations = 0, wrong = 0, calls = 0;
  std::mutex mutex;
  std::string first_fault;

  void fault(const std::string& what) {
    ++wrong;
    const std::lock_guard lock(mutex);
    if (first_fault.empty())
      first_fault = what;
  }
  // An error of an item, or of a call of so many.
  void note(const std::exception_ptr& error, std::size_t items) {
    try {
      std::rethrow_exception(error);
    } catch (const worker_died& e) {
      ++died;
      if (e.item() >= items || e.pid() <= 0)
        fault(e.what());
    } catch (const start_failed&) {
      ++not_started;
    } catch (const cancelled&) {
      ++cancellations;
    } catch (const std::exception& e) {
      fault(std::string("unexpected: ") + e.what());
    }
  }
  void note(bool right) {
    ++values;
    if (!right)
      fault("a wrong value");
  }
};

// The pool that is used now; another when it has failed.
template <class Policy> class current_pool {
public:
  std::shared_ptr<pool<Policy>> get() {
    const std::lock_guard lock(mutex_);
    while (!pool_)
      try { // it may be shot at while it starts
        pool_ = std::make_shared<pool<Policy>>(options{.workers = 3, .max_tasks_per_worker = 5'000});
        ++made;
      } catch (const start_failed&) {
      }
    return pool_;
  }
  void failed(const std::shared_ptr<pool<Policy>>& which) {
    const std::lock_guard lock(mutex_);
    if (pool_ == which)
      pool_.reset();
  }
  std::size_t made = 0;

private:
  std::mutex mutex_;
  std::shared_ptr<pool<Policy>> pool_;
};

template <class R, class Numbers> void note_all(tally& to, const Numbers& numbers, const R& results) {
  if (results.size() != numbers.size())
    return to.fault("a call with too many results, or too few");
  for (std::size_t i = 0; i < numbers.size(); ++i)
    if constexpr (std::is_same_v<R, std::vector<int>>)
      to.note(results[i] == 3 * numbers[i]);
    else
      to.note(is_right(numbers[i], results[i]));
}

template <class Pool> void call(Pool& p, unsigned which, std::mt19937& random, tally& to) {
  std::vector<int> numbers(1 + random() % 60);
  std::iota(numbers.begin(), numbers.end(), static_cast<int>(random() % 100'000));
  std::vector<Item> items;
  for (const int each : numbers)
    items.push_back({each, text_of(each)});
  auto v = p.with({.chunksize = std::array{0U, 1U, 7U}[random() % 3], .retries = static_cast<unsigned>(random() % 2)});
  switch (which % 8) {
  case 0:
    return note_all(to, numbers, v.map(answer, items));
  case 1:
    return note_all(to, numbers, v.map(triple, numbers));
  case 2:
    return to.note(is_right(numbers[0], v.apply(answer, items[0])));
  case 3: {
    std::vector<std::pair<Item, int>> rows;
    for (const auto& each : items)
      rows.emplace_back(each, 1);
    return note_all(to, numbers, v.starmap(answer_row, rows));
  }
  case 4:
    return note_all(to, numbers, v.map_async(answer, items).get());
  case 5: {
    auto later = v.map_async(answer, items);
    later.cancel();
    return note_all(to, numbers, later.get());
  }
  case 6: {
    std::vector<future<Answer>> later;
    for (const auto& each : items)
      later.push_back(v.apply_async(answer, each));
    bool failed = false;
    for (std::size_t i = 0; i < later.size(); ++i)
      try {
        to.note(is_right(numbers[i], later[i].get()));
      } catch (const start_failed&) {
        ++to.not_started;
        failed = true;
      } catch (...) {
        to.note(std::current_exception(), 1);
      }
    if (failed)
      throw start_failed("crosspool: as its items have said");
    return;
  }
  default: {
    const auto all = v.try_map(answer, items);
    if (all.size() != numbers.size())
      return to.fault("a call with too many outcomes, or too few");
    for (std::size_t i = 0; i < all.size(); ++i)
      if (all[i])
        to.note(is_right(numbers[i], *all[i]));
      else
        to.note(all[i].error(), all.size());
  }
  }
}

template <class Policy> void chaos() {
  const auto end = steady_clock::now() + time_of_chaos();
  current_pool<Policy> current;
  tally counts;
  std::atomic<std::size_t> shots = 0, templates = 0;
  std::atomic<bool> stop = false;
  const auto before = steady_clock::now();
  static_cast<void>(current.get());
  const auto start = std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - before);
  std::thread shooting([&, longest = 10'000 + static_cast<unsigned>(start.count())] { // or no pool would ever start
    std::mt19937 random(4711); // NOLINT(cert-msc51-cpp): the same shots each time, as far as that goes
    while (!stop) {
      ::usleep(static_cast<useconds_t>(1'000 + random() % longest));
      const auto children = children_of(::getpid());
      if (children.empty())
        continue;
      pid_t parent = ::getpid();
      pid_t victim = children[random() % children.size()];
      if constexpr (Policy::initializer == crossing::inherited) {
        const auto workers = children_of(victim);
        if (random() % 50 == 0)
          ++templates;
        else if (workers.empty())
          continue;
        else {
          parent = victim;
          victim = workers[random() % workers.size()];
        }
      }
      signal_descendant(victim, parent, std::array{SIGKILL, SIGTERM, SIGSEGV, SIGABRT}[random() % 4]);
      ++shots;
    }
  });
  std::vector<std::thread> callers;
  for (unsigned t = 0; t < 3; ++t)
    callers.emplace_back([&, t] {
      std::mt19937 random(t);
      while (steady_clock::now() < end || counts.died == 0) { // on a busy machine, shots rarely hit an item
        const auto p = current.get();
        try {
          call(*p, static_cast<unsigned>(random()), random, counts);
        } catch (const start_failed&) {
          ++counts.not_started;
          current.failed(p);
        } catch (...) {
          counts.note(std::current_exception(), 60);
        }
        ++counts.calls;
      }
    });
  for (auto& each : callers)
    each.join();
  stop = true;
  shooting.join();
  for (bool works = false; !works;) { // after all that
    const auto p = current.get();
    try {
      works = p->map(triple, std::vector{1, 2, 3}) == std::vector{3, 6, 9};
    } catch (const start_failed&) {
      current.failed(p);
    } catch (const worker_died&) { // by the last shot
    }
  }
  current.failed(current.get());
  CHECK(childless());
  INFO(shots << " shots, " << templates << " of them at templates; " << current.made << " pools; " << counts.calls
             << " calls: " << counts.values << " values, " << counts.died << " died, " << counts.not_started
             << " not started, " << counts.cancellations << " cancelled");
  CHECK(counts.first_fault == "");
  CHECK(counts.wrong == 0);
  CHECK(counts.values > counts.died);
  CHECK(counts.died > 0);
  if (std::getenv("CROSSPOOL_CHAOS") != nullptr)
    WARN("done");
}

} // namespace

TEST_CASE("whatever is shot at, every item ends in exactly one way, by fork", "[fork]") {
  chaos<crosspool::fork>();
}
TEST_CASE("whatever is shot at, every item ends in exactly one way, by spawn", "[spawn]") {
  chaos<crosspool::spawn>();
}
