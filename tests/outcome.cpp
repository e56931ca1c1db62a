// An outcome holds a value or an error, and throws the one when asked for the other.
#include <crosspool/outcome.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "catch.hpp"

using crosspool::outcome;
using crosspool::detail::failure;

namespace {

failure failed(const char* text) {
  return {std::make_exception_ptr(std::runtime_error(text))};
}

} // namespace

TEST_CASE("an outcome with a value") {
  outcome<std::string> o(std::string("text"));
  CHECK(o.has_value());
  CHECK(static_cast<bool>(o));
  CHECK(*o == "text");
  CHECK(o->size() == 4);
  CHECK(o.value() == "text");
  CHECK(o.error() == nullptr);
  o.value() += "!";
  *o += "!";
  CHECK(std::as_const(o).value() == "text!!");
  CHECK(std::as_const(o)->size() == 6);
}

TEST_CASE("an outcome with an error") {
  outcome<std::string> o(failed("why"));
  CHECK_FALSE(o.has_value());
  CHECK_FALSE(static_cast<bool>(o));
  REQUIRE(o.error());
  CHECK_THROWS_WITH(std::rethrow_exception(o.error()), "why");
  CHECK_THROWS_WITH(o.value(), "why");
  CHECK_THROWS_WITH(std::as_const(o).value(), "why");
  CHECK_THROWS_AS(std::move(o).value(), std::runtime_error);
}

TEST_CASE("a value can be moved out") {
  outcome<std::unique_ptr<int>> o(std::make_unique<int>(3));
  auto taken = std::move(o).value();
  CHECK(*taken == 3);
  outcome<std::unique_ptr<int>> other(std::move(taken));
  CHECK(*std::unique_ptr<int>(*std::move(other)) == 3);
}

TEST_CASE("a value that is an exception_ptr is a value") {
  const outcome<std::exception_ptr> value(std::make_exception_ptr(1));
  const outcome<std::exception_ptr> error(failed("why"));
  CHECK(value.has_value());
  CHECK(value.error() == nullptr);
  CHECK_FALSE(error.has_value());
  CHECK_THROWS_WITH(error.value(), "why");
}

TEST_CASE("outcomes need no default constructor and can be copied, moved and kept") {
  struct no_default {
    explicit no_default(int v) : value(v) {}
    int value;
  };
  std::vector<outcome<no_default>> all;
  all.emplace_back(no_default(1));
  all.emplace_back(failed("why"));
  const auto copies = all;
  CHECK(copies[0]->value == 1);
  CHECK(copies[1].error() == all[1].error());
  const auto moved = std::move(all);
  CHECK_THROWS_WITH(moved[1].value(), "why");
}

TEST_CASE("an outcome is tested but converts to nothing else") {
  STATIC_REQUIRE_FALSE(std::is_convertible_v<outcome<int>, bool>);
  STATIC_REQUIRE(std::is_constructible_v<bool, outcome<int>>);
  STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<outcome<std::unique_ptr<int>>>);
  STATIC_REQUIRE(std::is_same_v<decltype(std::declval<outcome<int>>().value()), int&&>);
  STATIC_REQUIRE(std::is_same_v<decltype(std::declval<const outcome<int>&>().value()), const int&>);
}
