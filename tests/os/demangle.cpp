#include <crosspool/error.hpp>
#include <crosspool/os/demangle.hpp>

#include <vector>

#include "catch.hpp"

using crosspool::detail::demangle;

TEST_CASE("types have the names that users write, with compiled engines, too") {
  CHECK(demangle(typeid(crosspool::error)) == "crosspool::error");
  CHECK_THAT(demangle(typeid(std::vector<crosspool::error>)),
             Catch::Matchers::StartsWith("std::vector<crosspool::error, std::allocator<crosspool::error>"));
}

TEST_CASE("what is no name of a type stays as it is") {
  CHECK(demangle("no name") == "no name");
}
