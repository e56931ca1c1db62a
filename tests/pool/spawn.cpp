// What is particular to spawned workers: they are the program anew, and everything is serialized to them.
#include <crosspool/crosspool.hpp>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "child.hpp"

using namespace crosspool;

namespace {

struct Module {
  std::string name;
  std::vector<int> weights;
} module_in_worker;

int global = 1;

template <class... Args>
concept can_initialize_spawn = requires { requires(crossable<detail::carried_t<Args>> && ...); };

} // namespace

TEST_CASE("a spawned worker does not see what the program has changed") {
  global = 2;
  spawn_pool p{1};
  CHECK(p.apply([] { return global; }) == 1);
}

TEST_CASE("a spawn pool's initializer gets serialized arguments, of any number") {
  spawn_pool p{2,
               [](Module m, int more, const std::string& text) {
                 module_in_worker = std::move(m);
                 module_in_worker.weights.push_back(more);
                 module_in_worker.name += text;
               },
               Module{"name", {1, 2}}, 3, "!"};
  CHECK(p.apply([] { return module_in_worker.name; }) == "name!");
  CHECK(p.apply([] { return module_in_worker.weights; }) == std::vector{1, 2, 3});
  STATIC_REQUIRE_FALSE(can_initialize_spawn<const Module*>);
}

TEST_CASE("a spawn pool's initializer may own a move-only argument that can be serialized") {
  static std::unique_ptr<int> owned;
  spawn_pool p{2, [](std::unique_ptr<int> x) { owned = std::move(x); }, std::make_unique<int>(4)};
  CHECK(p.apply([] { return *owned; }) == 4);
}

TEST_CASE("a spawn pool may be made in a thread that ends before it") {
  std::unique_ptr<spawn_pool> p;
  std::thread([&] { p = std::make_unique<spawn_pool>(2); }).join();
  CHECK(p->map([](int x) { return x + 1; }, {1, 2, 3}) == std::vector{2, 3, 4});
}

TEST_CASE("the time to report must be positive") {
  CHECK_THROWS_AS(spawn_pool({.workers = 1, .start_timeout = std::chrono::milliseconds(0)}), std::invalid_argument);
  CHECK_THROWS_AS(spawn_pool({.workers = 1, .start_timeout = std::chrono::milliseconds(-5)}), std::invalid_argument);
}

TEST_CASE("the time to report may be as long as one likes") {
  spawn_pool p{{.workers = 1, .start_timeout = std::chrono::milliseconds::max()}};
  CHECK(p.apply([](int x) { return x; }, 3) == 3);
}
