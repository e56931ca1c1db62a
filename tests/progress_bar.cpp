// The bar: what it draws in how many columns, on a terminal, and on what is none.
#include <crosspool/pool.hpp>
#include <crosspool/progress_bar.hpp>
#include <crosspool/thread.hpp>

#include <array>
#include <cstdlib>
#include <fcntl.h>
#include <memory>
#include <string>
#include <vector>

#include "catch.hpp"
#include "numbers.hpp"

using namespace crosspool;
using namespace crosspool::detail;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

struct file_closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using file = std::unique_ptr<std::FILE, file_closer>;

// A terminal that somebody looks at.
class terminal {
public:
  explicit terminal(unsigned short columns) : screen_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    REQUIRE(screen_ >= 0);
    REQUIRE(::grantpt(screen_) == 0);
    REQUIRE(::unlockpt(screen_) == 0);
    stream.reset(std::fopen(::ptsname(screen_), "we"));
    REQUIRE(stream);
    ::winsize size{24, columns, 0, 0};
    REQUIRE(::ioctl(screen_, TIOCSWINSZ, &size) == 0);
    ::fcntl(screen_, F_SETFL, O_NONBLOCK);
  }
  ~terminal() { ::close(screen_); }

  // What has been written since it was last looked at.
  std::string look() const {
    std::string seen;
    std::array<char, 4096> part;
    for (ssize_t n; (n = ::read(screen_, part.data(), part.size())) > 0;)
      seen.append(part.data(), static_cast<std::size_t>(n));
    return seen;
  }

  file stream;

private:
  int screen_;
};

progress at(std::size_t done, std::size_t total, std::size_t failed = 0) {
  return {done, failed, total, 65s, 3.25, done == 0 ? std::nullopt : std::optional(2h + 3min + 4s)};
}

} // namespace

TEST_CASE("times and numbers are short") {
  CHECK(clock_time(0ns) == "0 s");
  CHECK(clock_time(1499ms) == "1 s");
  CHECK(clock_time(59s + 600ms) == "1:00");
  CHECK(clock_time(65s) == "1:05");
  CHECK(clock_time(59min + 59s) == "59:59");
  CHECK(clock_time(2h + 3min + 4s) == "2:03:04");
  CHECK(clock_time(100h) == "100:00:00");
  CHECK(short_number(0) == "0.00");
  CHECK(short_number(0.255) == "0.26");
  CHECK(short_number(3.25) == "3.2");
  CHECK(short_number(1234.5) == "1234");
  CHECK(short_number(1e300).size() < 32);
}

TEST_CASE("a line has a bar where there is room") {
  const auto line = progress_line(at(50, 100, 2), 79);
  CHECK(line.size() <= 79);
  CHECK(line == "[=============              ]  50 % 50/100, 2 failed, 3.2/s, 1:05, 2:03:04 left");
  CHECK(progress_line(at(50, 100, 2), 50) == "50/100, 2 failed, 3.2/s, 1:05, 2:03:04 left");
  CHECK(progress_line(at(50, 100, 2), 10) == "50/100, 2 ");
  CHECK(progress_line(at(50, 100, 2), 0).empty());
  CHECK_THAT(progress_line(at(0, 100), 60), StartsWith("[") && Contains("]   0 % 0/100, 3.2/s, 1:05"));
  CHECK_THAT(progress_line(at(999, 1000), 70), Contains("]  99 % 999/1000"));
  CHECK_THAT(progress_line(at(7, 7), 60), Contains("=] 100 % 7/7, 3.2/s, 1:05") && !Contains("left"));
  CHECK_THAT(progress_line(at(0, 0), 60), Contains("=] 100 % 0/0"));
  CHECK(progress_line({5, 0, std::nullopt, 1s, 5, std::nullopt}, 79) == "5, 5.0/s, 1 s");
  for (std::size_t columns = 0; columns < 200; ++columns)
    CHECK(progress_line(at(123, 456, 7), columns).size() <= columns);
}

TEST_CASE("a bar is drawn over itself and ends its line") {
  const terminal t(60);
  {
    const progress_bar bar(t.stream.get());
    CHECK(t.look().empty());
    bar(at(1, 100, 99));
    const auto first = t.look();
    CHECK(first == '\r' + progress_line(at(1, 100, 99), 59));
    const auto copy = bar;
    copy(at(2, 100));
    const auto second = progress_line(at(2, 100), 59);
    CHECK(t.look() ==
          '\r' + second + std::string(first.size() - 1 > second.size() ? first.size() - 1 - second.size() : 0, ' '));
    bar(at(100, 100));
    CHECK_THAT(t.look(), StartsWith("\r[") && Catch::Matchers::EndsWith("\r\n")); // a terminal adds the '\r'
  }
  CHECK(t.look().empty());
}

TEST_CASE("a bar that is broken off ends its line, too") {
  const terminal t(60);
  {
    const progress_bar bar(t.stream.get());
    bar(at(1, 100));
    CHECK_THAT(t.look(), !Contains("\n"));
  }
  CHECK(t.look() == "\r\n");
}

TEST_CASE("one bar serves several calls") {
  const terminal t(100);
  pool<crosspool::thread> p{2};
  const call_options o{.progress = progress_bar(t.stream.get())};
  for (int i = 0; i < 3; ++i) {
    p.with(o).map(square, up_to(100));
    CHECK_THAT(t.look(), Contains("100/100") && Catch::Matchers::EndsWith("\n"));
  }
}

TEST_CASE("nothing is written to what is no terminal") {
  const file not_terminal(std::tmpfile());
  REQUIRE(not_terminal);
  {
    const progress_bar bar(not_terminal.get());
    bar(at(1, 100));
    bar(at(100, 100));
  }
  CHECK(std::ftell(not_terminal.get()) == 0);
}
