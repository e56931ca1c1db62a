// An error that nobody asks for is told to a hook, once; what is no error, or was meant, is not.
#include <crosspool/crosspool.hpp>

#include <algorithm>
#include <exception>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "gate.hpp"
#include "numbers.hpp"

#define POLICIES crosspool::thread, crosspool::fork, crosspool::spawn

using namespace crosspool;

namespace {

int throw_it(int x) {
  throw std::out_of_range(std::to_string(x));
}

// Notes what is reported in its time.
class Reports {
public:
  Reports()
      : before_(on_dropped_error([this](const std::exception_ptr& error) {
          const std::lock_guard lock(mutex_);
          try {
            std::rethrow_exception(error);
          } catch (const std::exception& e) {
            all_.emplace_back(e.what());
          }
        })) {}
  Reports(const Reports&) = delete;
  Reports& operator=(const Reports&) = delete;
  ~Reports() { on_dropped_error(std::move(before_)); }
  std::vector<std::string> all() {
    const std::lock_guard lock(mutex_);
    return all_;
  }

private:
  std::mutex mutex_;
  std::vector<std::string> all_;
  dropped_error_hook before_;
};

using strings = std::vector<std::string>;

} // namespace

TEMPLATE_TEST_CASE("the error of a dropped future is reported once", "", POLICIES) {
  Reports reports;
  {
    pool<TestType> p{2};
    static_cast<void>(p.apply_async(throw_it, 7)); // has not ended, maybe
    auto ended = p.apply_async(throw_it, 8);
    ended.wait();
    ended = p.apply_async(square, 8);
    static_cast<void>(p.map_async(throw_it, up_to(5)));
    static_cast<void>(p.apply_async(square, 1).then([](int) { throw std::domain_error("continued"); }));
    static_cast<void>(p.apply_async(throw_it, 9).then(square).then(square));
  } // its end waits for the reports
  auto all = reports.all();
  std::sort(all.begin(), all.end());
  CHECK(all == strings{"0", "7", "8", "9", "continued"});
}

TEMPLATE_TEST_CASE("what is got, handed on or cancelled is not reported", "", POLICIES) {
  const Gate gate;
  Reports reports;
  {
    pool<TestType> p{1};
    CHECK_THROWS(p.apply_async(throw_it, 1).get());
    CHECK_FALSE(p.apply_async(throw_it, 2).then([](outcome<int> o) { return o.has_value(); }).get());
    auto moved = p.apply_async(throw_it, 3);
    auto to = std::move(moved);
    CHECK_THROWS(to.get());
    auto running = p.apply_async(pass, gate.path(), 1);
    auto queued = p.apply_async(throw_it, 4);
    queued.cancel();
    {
      const auto dropped = std::move(queued);
    }
    for (int i = 0; i < 20; ++i)
      static_cast<void>(p.apply_async(pass_and_throw, gate.path(), i));
    p.terminate();
    gate.let_through(1);
  }
  CHECK(reports.all().empty());
}

TEMPLATE_TEST_CASE("many futures can be dropped", "", POLICIES) {
  Reports reports;
  {
    pool<TestType> p{3};
    for (int i = 0; i < 5000; ++i)
      static_cast<void>(i % 100 == 0 ? p.apply_async(throw_it, i) : p.apply_async(square, 2));
  }
  CHECK(reports.all().size() == 50);
}

TEST_CASE("the hook can be changed and taken away") {
  int first = 0;
  const auto before = on_dropped_error([&](const std::exception_ptr&) { ++first; });
  CHECK(before); // prints
  {
    pool<crosspool::thread> p{1};
    static_cast<void>(p.apply_async(throw_it, 1));
  }
  CHECK(on_dropped_error({}));
  {
    pool<crosspool::thread> p{1};
    static_cast<void>(p.apply_async(throw_it, 1));
  }
  CHECK_FALSE(on_dropped_error(before));
  CHECK(first == 1);
}

TEST_CASE("what a dropped call leaves behind is let go of") {
  const auto argument = std::make_shared<int>(1);
  {
    pool<crosspool::thread> p{2};
    static_cast<void>(p.apply_async([](std::shared_ptr<int> x) { return x; }, argument));
  }
  CHECK(argument.use_count() == 1);
}
