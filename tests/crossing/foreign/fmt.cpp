// Of fmt, little is data.
#include <fmt/core.h>
#include <fmt/format.h>

#include "../battery.hpp"

TEST_CASE("fmt's views and buffers are refused") {
  REFUSED_SOMEHOW(fmt::string_view);
  REFUSED_SOMEHOW(fmt::format_args);
  REFUSED_SOMEHOW(fmt::memory_buffer);
  REFUSED_SOMEHOW(decltype(fmt::join(std::declval<const std::string&>(), ",")));
}
