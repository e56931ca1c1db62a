// The queue of continuations by itself, with calls that the test ends by hand.
#include <crosspool/futures/continuation.hpp>
#include <crosspool/futures/then.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <pthread.h>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "child.hpp"

using namespace crosspool;
using namespace crosspool::detail;
using namespace std::chrono_literals;

namespace {

std::shared_ptr<completion> a_call() {
  auto call = std::make_shared<completion>();
  call->add();
  call->seal();
  return call;
}

class noted final : public continuation {
public:
  noted(std::shared_ptr<completion> call, std::vector<int>& order, int number)
      : continuation(std::move(call)), order_(order), number_(number) {}
  void run() noexcept override {
    order_.push_back(number_); // one at a time
    has_run = true;
    has_run.notify_all();
  }
  std::atomic<bool> has_run = false;

private:
  std::vector<int>& order_;
  int number_;
};

auto& queue() {
  return continuation_queue::of_process();
}

// A value that the test gives, and its future.
struct given {
  std::shared_ptr<promised<int>> value = std::make_shared<promised<int>>(
      std::make_shared<dependence>(dependence::calls{}));
  future<int> future_of_it = future_of(value);
};

// As long as this lives, no thread can be started: its stack would be larger than all memory.
class NoThreads {
public:
  NoThreads() {
    pthread_getattr_default_np(&before_);
    pthread_attr_t huge;
    pthread_attr_init(&huge);
    pthread_attr_setstacksize(&huge, std::size_t{1} << 50U);
    pthread_setattr_default_np(&huge);
    pthread_attr_destroy(&huge);
  }
  NoThreads(const NoThreads&) = delete;
  NoThreads& operator=(const NoThreads&) = delete;
  ~NoThreads() {
    pthread_setattr_default_np(&before_);
    pthread_attr_destroy(&before_);
  }

private:
  pthread_attr_t before_;
};

} // namespace

TEST_CASE("continuations run in the order in which their calls end, in another thread") {
  std::vector<int> order;
  const auto first = a_call(), second = a_call();
  noted one(first, order, 1), two(second, order, 2);
  queue().add(one);
  queue().add(two);
  CHECK_FALSE(one.has_run);
  second->remove();
  two.has_run.wait(false);
  first->remove();
  one.has_run.wait(false);
  noted late(first, order, 3); // it has ended
  queue().add(late);
  late.has_run.wait(false);
  CHECK(order == std::vector{2, 1, 3});
}

TEST_CASE("what is withdrawn does not run") {
  std::vector<int> order;
  const auto call = a_call();
  noted one(call, order, 1), two(call, order, 2);
  queue().add(one);
  one.withdraw();
  queue().add(two); // of a call, one at a time
  call->remove();
  two.has_run.wait(false);
  two.withdraw(); // too late, and no harm
  CHECK(order == std::vector{2});
}

TEST_CASE("a cancelled call's continuation runs") {
  std::vector<int> order;
  const auto call = a_call();
  noted one(call, order, 1);
  queue().add(one);
  CHECK(call->cancel());
  one.has_run.wait(false);
  call->remove();
  CHECK(order == std::vector{1});
}

TEST_CASE("without a thread, whoever waits runs what has to be run") {
  const int status = in_child([] { // in which no thread has been started
    const NoThreads here;
    given a, b;
    int sum = 0;
    auto f = std::move(a.future_of_it).then([&](int x) { return sum += x; }).then([&](int x) { return x + sum; });
    auto g = std::move(b.future_of_it).then([&](int x) { return x + f.get(); });
    const bool none_yet = f.wait_for(1ms) == std::future_status::timeout;
    a.value->set(5);
    b.value->set(1);
    return none_yet && g.get() == 11 && sum == 5 ? 0 : 1;
  });
  CHECK(status == 0);
}

TEST_CASE("a continuation that waits runs the others itself, if there is no thread for them") {
  const int status = in_child([] {
    given a, b;
    auto inner = std::move(b.future_of_it).then([](int x) { return x + 1; });
    std::atomic<bool> begun = false, go_on = false;
    auto f = std::move(a.future_of_it).then([&](int x) {
      begun = true;
      begun.notify_all();
      go_on.wait(false);
      return x + inner.get();
    });
    a.value->set(1);
    begun.wait(false);
    const NoThreads here;
    go_on = true;
    go_on.notify_all();
    b.value->set(1);
    return f.get() == 3 ? 0 : 1;
  });
  CHECK(status == 0);
}

TEST_CASE("when nothing is expected, there is no thread") {
  const int status = in_child([] {
    {
      given a;
      auto f = std::move(a.future_of_it).then([](int x) { return x; });
      if (entries("/proc/self/task") != 2)
        return 1;
      a.value->set(1);
      f.get();
    }
    while (entries("/proc/self/task") != 1)
      std::this_thread::yield();
    return 0;
  });
  CHECK(status == 0);
}

TEST_CASE("a value that cannot be moved to its place leaves the error why") {
  struct stubborn {
    stubborn() = default;
    stubborn(stubborn&& /*other*/) { throw std::runtime_error("stubborn"); }
  };
  given a;
  auto f = std::move(a.future_of_it).then([](int) { return stubborn(); });
  a.value->set(1);
  CHECK_THROWS_WITH(f.get(), "stubborn");
  CHECK_FALSE(f.valid());
}
