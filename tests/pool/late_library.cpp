// Functions of a shared library that the program opens after its pools were made: known to the program, not to the
// workers.
#include <crosspool/crosspool.hpp>

#include <dlfcn.h>
#include <memory>
#include <vector>

#include "catch.hpp"

using namespace crosspool;

namespace {
int plus_one(int x) {
  return x + 1;
}
} // namespace

TEST_CASE("a function of a library that the workers have not loaded is a clear error for its items") {
  fork_pool early{2};
  spawn_pool spawned{2};
  const std::unique_ptr<void, int (*)(void*)> library{::dlopen(CROSSPOOL_LATE_LIBRARY, RTLD_NOW), ::dlclose};
  REQUIRE(library);
  const auto answer = reinterpret_cast<int (*)(int)>(::dlsym(library.get(), "answer"));
  REQUIRE(answer != nullptr);
  CHECK_THROWS_WITH(early.map(answer, {1, 2, 3}), ContainsSubstring("late_library") && ContainsSubstring("not loaded"));
  CHECK_THROWS_WITH(spawned.apply(answer, 1), ContainsSubstring("late_library"));
  CHECK(early.map(plus_one, {1, 2}) == std::vector{2, 3});
  CHECK(spawned.map(plus_one, {1, 2}) == std::vector{2, 3});
  fork_pool late{2};
  CHECK(late.map(answer, {1, 2}) == std::vector{43, 44});
}
