// Sources and tokens of a stop, without a pool.
#include <crosspool/stop.hpp>

#include <atomic>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "catch.hpp"

using namespace crosspool;

TEST_CASE("a token of no source stops nothing") {
  const stop_token token;
  CHECK_FALSE(token.stop_requested());
  CHECK(token.watch([] { FAIL(); }) == nullptr);
}

TEST_CASE("a request calls each who watches, once") {
  stop_source source;
  const auto token = source.get_token();
  int calls = 0;
  const auto first = token.watch([&] { ++calls; }), second = token.watch([&] { ++calls; });
  auto ended = token.watch([&] { FAIL(); });
  ended.reset();
  CHECK_FALSE(token.stop_requested());
  CHECK(source.request_stop());
  CHECK(token.stop_requested());
  CHECK(source.stop_requested());
  CHECK(calls == 2);
  CHECK_FALSE(source.request_stop());
  CHECK(calls == 2);
  CHECK(token.watch([&] { ++calls; }) == nullptr); // at once
  CHECK(calls == 3);
}

TEST_CASE("copies are of the same source, and tokens may outlive it") {
  stop_token token;
  {
    const stop_source source;
    token = source.get_token();
    stop_source copy = source;
    copy.request_stop();
    CHECK(source.stop_requested());
  }
  CHECK(token.stop_requested());
}

TEST_CASE("who is called may end its own watch, and those of others") {
  stop_source source;
  std::vector<std::shared_ptr<void>> watches;
  int calls = 0;
  for (int i = 0; i < 3; ++i)
    watches.push_back(source.get_token().watch([&] {
      ++calls;
      watches.clear();
    }));
  source.request_stop();
  CHECK(calls == 1);
}

TEST_CASE("the end of a watch waits while another thread is in its call") {
  for (int i = 0; i < 200; ++i) {
    stop_source source;
    auto alive = std::make_unique<std::atomic<bool>>(true);
    auto watch = source.get_token().watch([&] { *alive = false; });
    std::thread other([&] { source.request_stop(); });
    watch.reset();
    alive.reset();
    other.join();
  }
}

#ifdef __cpp_lib_jthread
TEST_CASE("a token of the standard library is one") {
  std::stop_source source;
  const stop_token token = source.get_token();
  int calls = 0;
  const auto watch = token.watch([&] { ++calls; });
  source.request_stop();
  CHECK(token.stop_requested());
  CHECK(calls == 1);
  CHECK_FALSE(stop_token(std::stop_token()).stop_requested());
}
#endif
