// Functions keep their identity: from an address to image and offset, and back to an address.
#include <crosspool/os/function_id.hpp>

#include <dlfcn.h>
#include <limits>
#include <memory>

#include "catch.hpp"

using namespace crosspool::detail;

namespace {

int some_function(int x) {
  return x + 1;
}

template <class T> T some_template(T x) {
  return x;
}

int a_variable = 0;

template <class F> std::uintptr_t address_of(F* f) {
  return reinterpret_cast<std::uintptr_t>(f);
}

std::uintptr_t in_libc() {
  return reinterpret_cast<std::uintptr_t>(::dlsym(RTLD_DEFAULT, "getppid"));
}

} // namespace

TEST_CASE("a function of the program is named and found again") {
  const auto address = address_of(some_function);
  const auto id = identify(address);
  CHECK(id.image.empty());
  CHECK(id.name.empty());
  CHECK(resolve(id) == address);
  CHECK(reinterpret_cast<int (*)(int)>(resolve(id))(1) == 2);
}

TEST_CASE("different functions have different identities") {
  const auto a = identify(address_of(some_template<int>)), b = identify(address_of(some_template<double>));
  CHECK(a.image == b.image);
  CHECK(a.offset != b.offset);
}

TEST_CASE("a function of the C library is named by that library") {
  REQUIRE(in_libc() != 0);
  const auto id = identify(in_libc());
  CHECK_FALSE(id.image.empty());
  CHECK(id.image != program_build_id());
  CHECK_THAT(id.name, ContainsSubstring("libc"));
  CHECK(resolve(id) == in_libc());
}

TEST_CASE("the program has a build id, always the same") {
  CHECK_FALSE(program_build_id().empty());
  CHECK(program_build_id() == program_build_id());
}

TEST_CASE("an address that is no code of an image cannot be named") {
  int on_stack = 0;
  const auto on_heap = std::make_unique<int>();
  CHECK_THROWS_AS(identify(0), crosspool::error);
  CHECK_THROWS_AS(identify(address_of(&on_stack)), crosspool::error);
  CHECK_THROWS_AS(identify(address_of(on_heap.get())), crosspool::error);
  CHECK_THROWS_AS(identify(address_of(&a_variable)), crosspool::error);
  CHECK_THROWS_AS(identify(std::numeric_limits<std::uintptr_t>::max()), crosspool::error);
}

TEST_CASE("an image that is not loaded is an error that says which") {
  auto id = identify(in_libc());
  id.image.back() = static_cast<char>(id.image.back() ^ 1);
  CHECK_THROWS_AS(resolve(id), crosspool::error);
  CHECK_THROWS_WITH(resolve(id), ContainsSubstring(id.name));

  auto own = identify(address_of(some_function));
  own.image = "another build";
  CHECK_THROWS_WITH(resolve(own), ContainsSubstring("the program"));
  own.image = program_build_id();
  CHECK(resolve(own) == address_of(some_function));
}

TEST_CASE("an offset outside the image's code is an error") {
  auto id = identify(address_of(some_function));
  id.offset = GENERATE(std::uint64_t{0}, std::uint64_t{1} << 40U, std::numeric_limits<std::uint64_t>::max());
  CHECK_THROWS_AS(resolve(id), crosspool::error);
  CHECK_THROWS_AS(resolve(function_id{}), crosspool::error);
}
