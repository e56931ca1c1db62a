// Blocks for requests: none overlaps another, the last freed is the next, and all goes back at the end.
#include <crosspool/wire/arena.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <thread>

#include "catch.hpp"
#include "child.hpp"

using namespace crosspool;
using namespace crosspool::detail;

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20U;

std::size_t resident(const arena& a) {
  struct ::stat status{};
  REQUIRE(::fstat(a.memory().file().get(), &status) == 0);
  return static_cast<std::size_t>(status.st_blocks) * 512;
}

// A pattern at both ends of a block and at some places in it; large blocks would take long otherwise.
template <class See> void at_some_places(const arena& from, const arena::block& b, See see) {
  const auto step = std::max<std::size_t>(8, b.size / 64 / 8 * 8);
  for (std::size_t i = 0; i < b.size; i += step)
    see(from.memory().data() + b.offset + i);
  see(from.memory().data() + b.offset + b.size - 8);
}
void mark(const arena& from, const arena::block& b, std::uint64_t with) {
  at_some_places(from, b, [&](std::byte* at) { std::memcpy(at, &with, sizeof with); });
}
bool is_marked(const arena& from, const arena::block& b, std::uint64_t with) {
  bool all = true;
  at_some_places(from, b, [&](const std::byte* at) { all = all && std::memcmp(at, &with, sizeof with) == 0; });
  return all;
}

// Blocks by their offsets, each with its mark.
class taken_blocks {
public:
  explicit taken_blocks(arena& from, std::uint64_t seed) : from_(from), random_(seed) {}

  // False if the new block is not what it should be.
  bool take(std::size_t size) {
    const auto b = from_.take(size);
    const auto with = random_();
    if (b.size < size || b.offset % 64 != 0)
      return false;
    const auto next = all_.lower_bound(b.offset);
    if (next != all_.end() && b.offset + b.size > next->first)
      return false;
    if (next != all_.begin() && std::prev(next)->first + std::prev(next)->second.first.size > b.offset)
      return false;
    mark(from_, b, with);
    all_.emplace(b.offset, std::pair(b, with));
    return true;
  }
  // False if somebody has written into the block.
  bool free_one() {
    const auto it = std::next(all_.begin(), static_cast<std::ptrdiff_t>(random_() % all_.size()));
    const auto [b, with] = it->second;
    all_.erase(it);
    const bool intact = is_marked(from_, b, with);
    from_.free(b);
    return intact;
  }
  bool free_all() {
    bool intact = true;
    while (!all_.empty())
      intact = free_one() && intact;
    return intact;
  }
  [[nodiscard]] std::size_t count() const { return all_.size(); }
  std::mt19937_64& random() { return random_; }
  std::size_t some_size() {
    const auto bits = random_() % 100 < 98 ? random_() % 15 : random_() % 23;
    return random_() % ((std::size_t{1} << bits) + 1);
  }

private:
  arena& from_;
  std::mt19937_64 random_;
  std::map<std::size_t, std::pair<arena::block, std::uint64_t>> all_;
};

} // namespace

TEST_CASE("blocks hold what was asked for, are aligned, and do not overlap") {
  arena a;
  taken_blocks blocks(a, 1);
  for (std::size_t size = 0; size < 3000; ++size)
    REQUIRE(blocks.take(size));
  CHECK(blocks.free_all());
}

TEST_CASE("blocks do not overlap however they are taken and freed") {
  arena a;
  taken_blocks blocks(a, 2);
  bool good = true;
  for (int round = 0; round < 8; ++round) {
    for (int i = 0; i < 4000 && good; ++i)
      good = blocks.count() == 0 || blocks.random()() % 2 == 0 ? blocks.take(blocks.some_size()) : blocks.free_one();
    REQUIRE(good);
    if (round % 3 == 2)
      REQUIRE(blocks.free_all()); // the arena begins anew
  }
  CHECK(blocks.free_all());
}

TEST_CASE("the block freed last is the next to be used") {
  arena a;
  const auto keeps_it_busy = a.take(1);
  const auto first = a.take(1000), second = a.take(1000), other = a.take(5000);
  a.free(first);
  a.free(second);
  CHECK(a.take(1001).offset == second.offset);
  CHECK(a.take(999).offset == first.offset);
  a.free(other);
  CHECK(a.take(1000).offset != other.offset);
  CHECK(a.take(5000).offset == other.offset);
  a.free(keeps_it_busy);
}

TEST_CASE("an arena that is empty begins anew") {
  arena a;
  const auto first = a.take(100);
  const auto second = a.take(10'000);
  a.free(first);
  a.free(second);
  CHECK(a.take(50'000).offset == first.offset);
}

TEST_CASE("what is in use is in the file, and what another mapping sees") {
  arena a;
  const auto small = a.take(100), large = a.take(3 * mebibyte);
  mark(a, small, 11);
  mark(a, large, 22);
  shared_memory there(descriptor(::fcntl(a.memory().file().get(), F_DUPFD_CLOEXEC, 3)), PROT_READ);
  REQUIRE(there.has(large.offset, large.size));
  REQUIRE(there.has(small.offset, small.size));
  CHECK(std::memcmp(there.data() + large.offset, a.memory().data() + large.offset, 3 * mebibyte) == 0);
  CHECK(std::memcmp(there.data() + small.offset, a.memory().data() + small.offset, 100) == 0);
}

TEST_CASE("memory beyond what is worth keeping goes back to the system") {
  arena a;
  std::vector<arena::block> all;
  for (int i = 0; i < 20; ++i) {
    all.push_back(a.take(8 * mebibyte));
    std::memset(a.memory().data() + all.back().offset, 1, all.back().size);
  }
  const auto full = resident(a);
  CHECK(full >= 160 * mebibyte);
  const auto keeps_it_busy = a.take(1);
  for (const auto& each : all)
    a.free(each);
  CHECK(resident(a) <= 66 * mebibyte); // 64 MiB are kept
  a.free(keeps_it_busy);
  CHECK(resident(a) <= 65 * mebibyte);
  const auto again = a.take(100 * mebibyte);
  mark(a, again, 5);
  CHECK(is_marked(a, again, 5));
  a.free(again);
}

TEST_CASE("many small blocks go back, too, once the arena is empty") {
  arena a;
  std::vector<arena::block> all;
  for (int i = 0; i < 100'000; ++i) {
    all.push_back(a.take(1024));
    a.memory().data()[all.back().offset] = std::byte{1};
  }
  for (const auto& each : all)
    a.free(each);
  CHECK(resident(a) <= 65 * mebibyte);
}

TEST_CASE("a block that is too large is refused, and the arena is as before") {
  arena a;
  const auto before = a.take(100);
  mark(a, before, 3);
  constexpr auto most = std::numeric_limits<std::size_t>::max();
  for (const auto size : {most, most - 1, most / 2, most / 2 + 1, std::size_t{1} << 37U, std::size_t{1} << 41U,
                          std::size_t{1} << 42U, (std::size_t{1} << 42U) + 1, std::size_t{1} << 60U})
    CHECK_THROWS_AS(a.take(size), std::bad_alloc);
  CHECK(is_marked(a, before, 3));
  const auto after = a.take(100);
  CHECK(after.offset != before.offset);
  a.free(before);
  a.free(after);
  CHECK(a.take(100).offset == before.offset); // nothing of those that failed is counted
}

TEST_CASE("threads may take and free at once") {
  arena a;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (std::uint64_t seed = 0; seed < 4; ++seed)
    threads.emplace_back([&, seed] {
      taken_blocks blocks(a, seed);
      for (int i = 0; i < 5000; ++i) {
        const bool more = blocks.count() == 0 || (blocks.random()() % 2 == 0 && blocks.count() < 50);
        wrong += (more ? blocks.take(blocks.some_size()) : blocks.free_one()) ? 0 : 1;
      }
      wrong += blocks.free_all() ? 0 : 1;
    });
  for (auto& each : threads)
    each.join();
  CHECK(wrong == 0);
  CHECK(resident(a) <= 65 * mebibyte);
}

TEST_CASE("what is taken in one thread may be freed in another") {
  arena a;
  std::vector<arena::block> all;
  for (int i = 0; i < 1000; ++i)
    all.push_back(a.take(static_cast<std::size_t>(i)));
  std::vector<std::thread> threads;
  for (std::size_t n = 0; n < 4; ++n)
    threads.emplace_back([&, n] {
      for (std::size_t i = n; i < all.size(); i += 4)
        a.free(all[i]);
    });
  for (auto& each : threads)
    each.join();
  CHECK(a.take(1).offset == all.front().offset); // empty
}

TEST_CASE("what a forked child frees changes nothing here") {
  auto a = std::make_shared<arena>();
  const auto first = a->take(100), second = a->take(10 * mebibyte), third = a->take(100);
  for (const auto& each : {first, second, third})
    mark(*a, each, 9);
  auto message = std::make_unique<arena_buffer>(a, 100);
  message->write("kept", 4);
  CHECK(in_child([&] {
          for (const auto& each : {first, second, third})
            a->free(each);
          message.reset();
          a.reset();
          return 0;
        }) == 0);
  for (const auto& each : {first, second, third})
    CHECK(is_marked(*a, each, 9));
  CHECK(std::memcmp(message->data(), "kept", 4) == 0);
  const auto fourth = a->take(100);
  for (const auto& each : {first, second, third})
    CHECK((fourth.offset + fourth.size <= each.offset || each.offset + each.size <= fourth.offset));
}

TEST_CASE("a message in an arena grows and keeps what it has") {
  const auto a = std::make_shared<arena>();
  std::string expected;
  std::mt19937 random(3);
  {
    arena_buffer message(a, 0);
    for (int i = 0; i < 2000; ++i) {
      const std::string part(random() % 3000, static_cast<char>('a' + i % 26));
      message.write(part.data(), part.size());
      expected += part;
      REQUIRE(reinterpret_cast<std::uintptr_t>(message.data()) % message_alignment == 0);
      REQUIRE(message.data() == a->memory().data() + message.offset());
    }
    REQUIRE(message.size() == expected.size());
    CHECK(std::memcmp(message.data(), expected.data(), expected.size()) == 0);
    message.shrink_to(10);
    message.write("end", 3);
    CHECK(std::string(reinterpret_cast<const char*>(message.data()), message.size()) == expected.substr(0, 10) + "end");
  }
  CHECK(a->take(1).offset == 0); // all blocks that it had are free
}

TEST_CASE("a message keeps the arena alive") {
  auto a = std::make_shared<arena>();
  const std::weak_ptr watch = a;
  auto message = std::make_unique<arena_buffer>(std::move(a), 10);
  message->write("abc", 3);
  CHECK_FALSE(watch.expired());
  CHECK(std::memcmp(message->data(), "abc", 3) == 0);
  message.reset();
  CHECK(watch.expired());
}

TEST_CASE("a message that cannot grow so far is as before") {
  const auto a = std::make_shared<arena>();
  arena_buffer message(a, 10);
  message.write("abc", 3);
  CHECK_THROWS_AS(message.extend(std::size_t{1} << 40U), std::bad_alloc);
  CHECK(message.size() == 3);
  message.write("def", 3);
  CHECK(std::memcmp(message.data(), "abcdef", 6) == 0);
}
