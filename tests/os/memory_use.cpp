#include <crosspool/os/memory_use.hpp>

#include <chrono>
#include <cstring>
#include <sys/mman.h>
#include <vector>

#include "catch.hpp"
#include "child.hpp"

using namespace crosspool::detail;

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20U;

// Memory that the system gives and takes back at once.
class touched_memory {
public:
  explicit touched_memory(std::size_t size)
      : size_(size), data_(::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
    if (data_ != MAP_FAILED)
      std::memset(data_, 1, size);
  }
  touched_memory(const touched_memory&) = delete;
  touched_memory& operator=(const touched_memory&) = delete;
  ~touched_memory() {
    if (data_ != MAP_FAILED)
      ::munmap(data_, size_);
  }
  [[nodiscard]] bool is_there() const { return data_ != MAP_FAILED; }

private:
  std::size_t size_;
  void* data_;
};

} // namespace

TEST_CASE("memory_use sees what is allocated and what is given back") {
  const auto before = memory_use::now();
  REQUIRE(before.resident != 0);
  {
    const touched_memory more(64 * mebibyte);
    REQUIRE(more.is_there());
    const auto during = memory_use::now();
    CHECK(during.resident > before.resident + 60 * mebibyte);
    CHECK(during.data > before.data + 60 * mebibyte);
  }
  CHECK(memory_use::now().resident < before.resident + 60 * mebibyte);
}

TEST_CASE("memory_growth notices growth, but looks once in a while only") {
  memory_growth::clock::time_point now;
  memory_growth growth(32 * mebibyte);
  CHECK(growth.is_limited());
  CHECK_FALSE(growth.is_exceeded(now));
  const touched_memory more(64 * mebibyte);
  CHECK_FALSE(growth.is_exceeded(now)); // it has just looked
  now += std::chrono::milliseconds(1);
  CHECK(growth.is_exceeded(now));
  CHECK_FALSE(memory_growth().is_limited());
}

TEST_CASE("beyond its limit a process gets no more memory, below it does") {
  const int status = in_child([] {
    limit_memory(128 * mebibyte);
    const touched_memory fits(64 * mebibyte), too_much(128 * mebibyte);
    return fits.is_there() && !too_much.is_there() ? 0 : 1;
  });
  CHECK(status == 0);
}

TEST_CASE("a limit that no process can reach is none") {
  const int status = in_child([] {
    limit_memory(0);
    limit_memory(~std::uint64_t{0});
    const touched_memory fits(64 * mebibyte);
    return fits.is_there() ? 0 : 1;
  });
  CHECK(status == 0);
}

TEST_CASE("what the system has killed for want of memory can be counted") {
  CHECK(count_oom_kills() < std::uint64_t{1} << 40U);
}
