// The Guidelines' Support Library has types for what refers and what owns: none of them crosses.
#include <gsl/gsl>
#include <memory>
#include <string>

#include "../battery.hpp"

namespace {
int number = 3;
struct has_not_null {
  gsl::not_null<int*> pointer = &number;
  std::string text;
};
struct behind {
  std::string text;
  gsl::span<int> numbers;
};
} // namespace

TEST_CASE("GSL's types are refused") {
  REFUSED_SOMEHOW(gsl::not_null<int*>);
  REFUSED_SOMEHOW(has_not_null);
  REFUSED_SOMEHOW(gsl::span<int>);
  REFUSED_SOMEHOW(behind);
  REFUSED_SOMEHOW(gsl::owner<int*>);
  REFUSED_SOMEHOW(gsl::czstring);
}
