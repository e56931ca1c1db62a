// Coroutines wait for futures without a thread that does.
#include <crosspool/crosspool.hpp>

#include <atomic>
#include <chrono>
#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "child.hpp"
#include "gate.hpp"
#include "numbers.hpp"

#define POLICIES crosspool::thread, crosspool::fork, crosspool::spawn

using namespace crosspool;
using namespace std::chrono_literals;

namespace {

// The least that a coroutine can return: it begins at once, and is destroyed with this.
template <class T> class task {
public:
  struct promise_type {
    task get_return_object() { return task(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_never initial_suspend() noexcept { return {}; }
    auto final_suspend() noexcept {
      struct tell {
        static bool await_ready() noexcept { return false; }
        static void await_suspend(std::coroutine_handle<promise_type> of) noexcept {
          auto& p = of.promise();
          const auto ended = p.ended; // all else may be gone when it has been told
          ended->store(true);
          ended->notify_all();
        }
        static void await_resume() noexcept {}
      };
      return tell();
    }
    void return_value(T v) { value = std::move(v); }
    void unhandled_exception() { error = std::current_exception(); }

    std::optional<T> value;
    std::exception_ptr error;
    std::shared_ptr<std::atomic<bool>> ended = std::make_shared<std::atomic<bool>>(false);
  };

  explicit task(std::coroutine_handle<promise_type> of) : of_(of) {}
  task(task&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
  task& operator=(task&&) = delete;
  ~task() {
    if (of_)
      of_.destroy();
  }

  T get() {
    of_.promise().ended->wait(false);
    if (of_.promise().error)
      std::rethrow_exception(of_.promise().error);
    return *std::move(of_.promise().value);
  }

private:
  std::coroutine_handle<promise_type> of_;
};

void nothing(int) {}
int throw_it(int x) {
  throw std::out_of_range(std::to_string(x));
}
std::unique_ptr<int> owned(int x) {
  return std::make_unique<int>(x);
}

template <class P> task<int> sum_of_squares(pool<P>& p, int n) {
  int sum = 0;
  for (int i = 0; i < n; ++i)
    sum += co_await p.apply_async(square, i);
  co_return sum;
}

template <class P> task<std::string> all_kinds(pool<P>& p) {
  co_await p.apply_async(nothing, 1);
  auto ready = p.apply_async(square, 3);
  ready.wait();
  const int nine = co_await std::move(ready);
  const auto five = co_await p.apply_async(owned, 5);
  std::string error;
  try {
    co_await p.apply_async(throw_it, 7);
  } catch (const std::out_of_range& e) {
    error = e.what();
  }
  const auto after = co_await p.apply_async(square, 2).then([](int x) { return x + 1; });
  const auto [a, b] = co_await when_all(p.apply_async(square, 4), p.apply_async(square, 5));
  co_return std::to_string(nine) + ' ' + std::to_string(*five) + ' ' + error + ' ' + std::to_string(after) + ' ' +
      std::to_string(a + b);
}

template <class P> task<int> pass_gate(pool<P>& p, const Gate& gate, std::shared_ptr<int> kept) {
  co_return *kept + co_await p.apply_async(pass, gate.path(), 1);
}

task<int> fail(pool<crosspool::thread>& p) {
  co_return co_await p.apply_async(throw_it, 1);
}

} // namespace

TEMPLATE_TEST_CASE("a coroutine gets values and errors from futures", "", POLICIES) {
  pool<TestType> p{2};
  CHECK(sum_of_squares(p, 20).get() == 2470);
  CHECK(all_kinds(p).get() == "9 5 7 5 41");
}

TEMPLATE_TEST_CASE("many coroutines are under way at once", "", POLICIES) {
  pool<TestType> p{3};
  std::vector<task<int>> tasks;
  for (int i = 0; i < 200; ++i)
    tasks.push_back(sum_of_squares(p, 5));
  for (auto& each : tasks)
    CHECK(each.get() == 30);
}

TEMPLATE_TEST_CASE("a coroutine may be destroyed while it is suspended", "", POLICIES) {
  const Gate gate;
  const auto kept = std::make_shared<int>(1);
  pool<TestType> p{1};
  {
    auto goes_on = pass_gate(p, gate, kept);
    {
      const auto destroyed = pass_gate(p, gate, kept);
      CHECK(kept.use_count() == 3);
    }
    CHECK(kept.use_count() == 2);
    gate.let_through(2);
    CHECK(goes_on.get() == 2);
  }
  p.close();
  p.join();
  CHECK(kept.use_count() == 1);
}

TEMPLATE_TEST_CASE("coroutines are destroyed in a continuation, while their calls end", "", POLICIES) {
  const Gate gate;
  pool<TestType> p{2};
  auto tasks = std::make_shared<std::vector<task<int>>>();
  gate.let_through(50);
  auto f = p.apply_async(square, 1).then([&, tasks](int) { // in whose time no coroutine is resumed
    for (int i = 0; i < 50; ++i)
      tasks->push_back(pass_gate(p, gate, std::make_shared<int>(0)));
    tasks->clear();
  });
  f.get();
  CHECK(p.apply(square, 3) == 9);
}

TEMPLATE_TEST_CASE("a pool's end waits until coroutines have gone on", "", POLICIES) {
  const Gate gate;
  std::optional<task<int>> t;
  {
    pool<TestType> p{1};
    t.emplace(pass_gate(p, gate, std::make_shared<int>(1)));
    gate.let_through(1);
  }
  CHECK(t->get() == 2);
  {
    pool<TestType> p{1};
    t.emplace(pass_gate(p, gate, std::make_shared<int>(1)));
    p.terminate();
    gate.let_through(1);
  }
  bool was_cancelled = false;
  int value = 0;
  try {
    value = t->get();
  } catch (const cancelled&) {
    was_cancelled = true;
  }
  CHECK((was_cancelled || value == 2)); // a thread may have begun
}

TEST_CASE("an error that a coroutine lets pass is its own") {
  pool<crosspool::thread> p{1};
  CHECK_THROWS_WITH(fail(p).get(), "1");
}

TEST_CASE("a coroutine's copy in a process that was forked can be destroyed") {
  const Gate gate;
  pool<crosspool::fork> p{1};
  std::optional<task<int>> t(pass_gate(p, gate, std::make_shared<int>(1)));
  CHECK(in_child([&] {
          t.reset();
          return 0;
        }) == 0);
  gate.let_through(1);
  CHECK(t->get() == 2);
}
