// Memory that two mappings share: it grows in place, is given back in parts, and is nobody's who was forked.
#include <crosspool/os/shared_memory.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <sys/resource.h>

#include "catch.hpp"
#include "child.hpp"

using namespace crosspool;
using namespace crosspool::detail;

namespace {

constexpr std::size_t page = 4096;
constexpr auto huge = std::numeric_limits<std::size_t>::max();

descriptor duplicate(const descriptor& of) {
  return descriptor(::fcntl(of.get(), F_DUPFD_CLOEXEC, 3));
}

shared_memory other_end(const shared_memory& of, int protection = PROT_READ | PROT_WRITE) {
  return {duplicate(of.file()), protection};
}

void fill(const shared_memory& memory, std::size_t from, std::size_t size, int with) {
  std::memset(memory.data() + from, with, size);
}

bool holds(const shared_memory& memory, std::size_t from, std::size_t size, int what) {
  return std::all_of(memory.data() + from, memory.data() + from + size,
                     [&](std::byte each) { return each == static_cast<std::byte>(what); });
}

std::size_t resident(const shared_memory& memory) {
  struct ::stat status{};
  REQUIRE(::fstat(memory.file().get(), &status) == 0);
  return static_cast<std::size_t>(status.st_blocks) * 512;
}

// Whether this process has something mapped there.
bool is_mapped(const void* at) {
  unsigned char resident_pages = 0;
  return ::mincore(const_cast<void*>(at), page, &resident_pages) == 0;
}

} // namespace

TEST_CASE("shared memory is zero at first") {
  const auto memory = shared_memory::create(3 * page);
  CHECK(holds(memory, 0, 3 * page, 0));
}

TEST_CASE("shared memory grows without moving and keeps what is in it") {
  auto memory = shared_memory::create(page);
  auto* const at = memory.data();
  fill(memory, 0, page, 7);
  for (std::size_t size = page; size <= std::size_t{1} << 32U; size *= 4) {
    memory.grow(size);
    REQUIRE(memory.data() == at);
    REQUIRE(memory.has(0, size));
    REQUIRE(holds(memory, size - 1, 1, size == page ? 7 : 0));
    fill(memory, size - 1, 1, 9);
  }
  CHECK(holds(memory, 0, page - 1, 7));
}

TEST_CASE("shared memory does not grow by being asked for less") {
  auto memory = shared_memory::create(2 * page);
  memory.grow(page);
  memory.grow(0);
  CHECK(memory.has(0, 2 * page));
  CHECK_FALSE(memory.has(0, 2 * page + 1));
}

TEST_CASE("shared memory that cannot grow so far says so and is as before") {
  auto memory = shared_memory::create(page);
  fill(memory, 0, page, 3);
  CHECK_THROWS_AS(memory.grow(std::size_t{1} << 37U), std::bad_alloc);
  CHECK_THROWS_AS(memory.grow(huge), std::bad_alloc);
  CHECK_FALSE(memory.has(0, page + 1));
  CHECK(holds(memory, 0, page, 3));
  memory.grow(2 * page);
  CHECK(memory.has(0, 2 * page));
}

TEST_CASE("another mapping sees what is written, and what is added") {
  auto memory = shared_memory::create(page);
  auto other = other_end(memory);
  CHECK(other.data() != memory.data());
  fill(memory, 10, 20, 5);
  CHECK(holds(other, 10, 20, 5));
  fill(other, 10, 20, 6);
  CHECK(holds(memory, 10, 20, 6));

  CHECK_FALSE(other.has(page, 1));
  memory.grow(5 * page);
  fill(memory, 4 * page, page, 8);
  CHECK(other.has(4 * page, page));
  CHECK(holds(other, 4 * page, page, 8));

  other.grow(9 * page); // and the other way round
  fill(other, 8 * page, page, 9);
  CHECK(memory.has(8 * page, page));
  CHECK(holds(memory, 8 * page, page, 9));
}

TEST_CASE("a mapping grows though another has grown the memory further") {
  auto memory = shared_memory::create(page);
  auto other = other_end(memory);
  other.grow(8 * page);
  fill(other, 7 * page, page, 1);
  try {
    memory.grow(4 * page); // would make it smaller: refused by the seal, or seen to be needless
  } catch (const std::bad_alloc&) {
  }
  CHECK(other.has(0, 8 * page));
  CHECK(holds(other, 7 * page, page, 1));
}

TEST_CASE("which parts are there") {
  auto memory = shared_memory::create(2 * page);
  CHECK(memory.has(0, 0));
  CHECK(memory.has(0, 2 * page));
  CHECK(memory.has(2 * page, 0));
  CHECK(memory.has(2 * page - 1, 1));
  CHECK_FALSE(memory.has(2 * page, 1));
  CHECK_FALSE(memory.has(2 * page + 1, 0));
  CHECK_FALSE(memory.has(0, 2 * page + 1));
  CHECK_FALSE(memory.has(1, 2 * page));
  for (const std::size_t large : {huge, huge - 1, huge / 2, huge / 2 + 1, huge - 2 * page, huge - 2 * page + 1}) {
    CHECK_FALSE(memory.has(large, 0));
    CHECK_FALSE(memory.has(0, large));
    CHECK_FALSE(memory.has(large, large));
    CHECK_FALSE(memory.has(page, large));
    CHECK_FALSE(memory.has(large, huge - large + 1)); // together 0
    CHECK_FALSE(memory.has(large, huge - large + 2));
  }
}

TEST_CASE("a file larger than what was reserved is there as far as it is mapped") {
  auto memory = shared_memory::create(page);
  const auto file = duplicate(memory.file());
  REQUIRE(::ftruncate(file.get(), off_t{1} << 38U) == 0);
  CHECK(memory.has(0, page));
  CHECK(memory.has((std::size_t{1} << 36U) - 1, 1));
  CHECK_FALSE(memory.has(std::size_t{1} << 36U, 1));
  CHECK_FALSE(memory.has((std::size_t{1} << 37U), 1));
}

TEST_CASE("what is given back reads as zeros, and its neighbours stay") {
  const auto memory = shared_memory::create(16 * page);
  const auto other = other_end(memory);
  for (const auto& [from, to] : {std::pair{4 * page, 8 * page}, std::pair{4 * page + 1, 8 * page - 1},
                                 std::pair{4 * page - 1, 8 * page + 1}, std::pair{4 * page + 100, 4 * page + 200},
                                 std::pair{4 * page + 1, 5 * page + 1}, std::pair{5 * page, 5 * page}}) {
    fill(memory, 0, 16 * page, 1);
    const auto before = resident(memory);
    memory.give_back(from, to - from);
    const auto first = (from + page - 1) / page * page, last = std::max(to / page * page, first);
    CHECK(holds(other, 0, first, 1));
    CHECK(holds(other, last, 16 * page - last, 1));
    CHECK(resident(memory) == before - (last - first));
    CHECK(holds(other, first, last - first, 0));
  }
  fill(memory, 5 * page, page, 2); // and can be used again
  CHECK(holds(other, 5 * page, page, 2));
}

TEST_CASE("giving back does not make the memory smaller") {
  auto memory = shared_memory::create(4 * page);
  auto other = other_end(memory);
  memory.give_back(0, 4 * page);
  CHECK(memory.has(0, 4 * page));
  CHECK(other.has(0, 4 * page));
}

TEST_CASE("nobody who has the descriptor can make it smaller") {
  const auto memory = shared_memory::create(4 * page);
  fill(memory, 0, 4 * page, 4);
  const auto file = duplicate(memory.file());
  for (const off_t size : {0, 1, 4096, 4 * 4096 - 1}) {
    CHECK(::ftruncate(file.get(), size) == -1);
    CHECK(errno == EPERM);
  }
  CHECK(::ftruncate(file.get(), 5 * 4096) == 0);
  CHECK(holds(memory, 0, 4 * page, 4));
}

TEST_CASE("a mapping to read from cannot be written to") {
  const auto memory = shared_memory::create(page);
  CHECK(in_child([&] {
          const auto there = other_end(memory, PROT_READ); // a child has none of its parent's
          if (!holds(there, 0, page, 0))
            return 1;
          ::signal(SIGSEGV, [](int) { ::_exit(7); });
          fill(there, 0, 1, 1);
          return 2;
        }) == 7);
}

TEST_CASE("memory moves, and nothing of what was is left over") {
  auto a = shared_memory::create(page);
  fill(a, 0, page, 1);
  auto* const at = a.data();
  auto b = std::move(a);
  CHECK(b.data() == at);
  CHECK(b.is_mine());
  CHECK(holds(b, 0, page, 1));
  {
    auto c = shared_memory::create(page);
    fill(c, 0, page, 2);
    b = std::move(c);
    CHECK(holds(b, 0, page, 2));
  }
  CHECK_FALSE(is_mapped(at));
  shared_memory none;
  CHECK(none.data() == nullptr);
  none = std::move(b);
  CHECK(holds(none, 0, page, 2));
}

TEST_CASE("memory is unmapped and its descriptor closed at its end") {
  static_cast<void>(shared_memory::create(page)); // what is made only once
  const auto descriptors = entries("/proc/self/fd");
  const void* at = nullptr;
  {
    const auto memory = shared_memory::create(page);
    at = memory.data();
    CHECK(is_mapped(at));
    CHECK(entries("/proc/self/fd") == descriptors + 1);
  }
  CHECK_FALSE(is_mapped(at));
  CHECK(entries("/proc/self/fd") == descriptors);
}

TEST_CASE("a forked child does not inherit the mapping, and its destructor harms nothing") {
  auto memory = shared_memory::create(page);
  fill(memory, 0, page, 6);
  CHECK(memory.is_mine());
  CHECK(in_child([&] {
          if (memory.is_mine())
            return 1;
          if (is_mapped(memory.data()))
            return 2;
          // What the child has put there by now is not what the destructor may take away.
          auto* const at = ::mmap(memory.data(), page, PROT_READ | PROT_WRITE,
                                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
          if (at != memory.data())
            return 3;
          *memory.data() = std::byte{1};
          memory.~shared_memory();
          return is_mapped(at) && *static_cast<std::byte*>(at) == std::byte{1} ? 0 : 4;
        }) == 0);
  CHECK(memory.is_mine());
  CHECK(holds(memory, 0, page, 6));
}

TEST_CASE("a child that moves memory it was forked with still knows that it is not there") {
  auto memory = shared_memory::create(page);
  CHECK(in_child([&] {
          auto moved = std::move(memory);
          if (moved.is_mine())
            return 1;
          memory = shared_memory::create(page); // its own
          if (!memory.is_mine())
            return 2;
          *memory.data() = std::byte{1};
          return 0;
        }) == 0);
}

TEST_CASE("a limit of addresses leaves a smaller range") {
  const int status = in_child([] {
    const rlimit few{rlim_t{3} << 30U, rlim_t{3} << 30U};
    if (::setrlimit(RLIMIT_AS, &few) != 0)
      return 1;
    shared_memory memory;
    try {
      memory = shared_memory::create(page);
    } catch (const start_failed&) { // a sanitizer has taken all addresses already
      return 42;
    }
    memory.grow(std::size_t{1} << 24U);
    fill(memory, (std::size_t{1} << 24U) - page, page, 1);
    try {
      memory.grow(std::size_t{1} << 32U);
      return 2;
    } catch (const std::bad_alloc&) {
    }
    return memory.has(0, std::size_t{1} << 24U) && !memory.has(0, (std::size_t{1} << 24U) + 1) ? 0 : 3;
  });
  CHECK((status == 0 || status == 42));
}

TEST_CASE("no address space at all: start_failed") {
  CHECK(in_child([] {
          const rlimit none{1, 1};
          if (::setrlimit(RLIMIT_AS, &none) != 0)
            return 1;
          try {
            static_cast<void>(shared_memory::create(page));
            return 2;
          } catch (const start_failed&) {
            return 0;
          }
        }) == 0);
}

TEST_CASE("no descriptor left: start_failed says so") {
  CHECK(in_child([] {
          rlimit before{};
          ::getrlimit(RLIMIT_NOFILE, &before);
          const rlimit none{0, before.rlim_max};
          ::setrlimit(RLIMIT_NOFILE, &none);
          try {
            static_cast<void>(shared_memory::create(page));
            return 1;
          } catch (const start_failed& e) {
            ::setrlimit(RLIMIT_NOFILE, &before); // sanitizers need some
            return std::string(e.what()).find("RLIMIT_NOFILE") != std::string::npos ? 0 : 2;
          }
        }) == 0);
}

TEST_CASE("what is mapped must be a file") {
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  const descriptor a(ends[0]), b(ends[1]);
  CHECK_THROWS_AS(shared_memory(duplicate(a), PROT_READ), start_failed);
}

TEST_CASE("size classes hold what they are for, and waste at most a fifth") {
  std::size_t last_index = 0, last_size = 0;
  const auto look_at = [&](std::size_t wanted) {
    const auto fit = size_class::of(wanted);
    REQUIRE(fit.size >= wanted);
    REQUIRE(fit.size % 64 == 0);
    if (wanted > 512)
      REQUIRE(5 * (fit.size - wanted) <= fit.size);
    const auto same = size_class::of(fit.size);
    REQUIRE(same.index == fit.index);
    REQUIRE(same.size == fit.size);
    REQUIRE(size_class::of(fit.size + 1).index == fit.index + 1);
    REQUIRE((fit.index == last_index) == (fit.size == last_size));
    REQUIRE(fit.index >= last_index);
    last_index = fit.index, last_size = fit.size;
  };
  last_index = size_class::of(0).index, last_size = size_class::of(0).size;
  for (std::size_t wanted = 0; wanted < 70'000; ++wanted)
    look_at(wanted);
  for (unsigned shift = 17; shift < 40; ++shift)
    for (const std::size_t units : {4U, 5U, 6U, 7U})
      for (const std::size_t more : {0U, 1U, 63U, 64U})
        look_at((units << (shift - 2)) + more);
}

TEST_CASE("sizes beyond all classes are told from the others") {
  for (const auto wanted : {std::size_t{1} << 43U, std::size_t{1} << 50U, huge / 2, huge / 2 + 2, huge - 1, huge})
    CHECK(size_class::of(wanted).index >= size_class::count);
}
