// The queue to a worker, both of its ends in this process: items are claimed or taken back once, slots come in order,
// whoever sleeps is woken, and what the worker's memory says is not believed.
#include <crosspool/wire/queue.hpp>

#include <algorithm>
#include <atomic>
#include <limits>
#include <memory>
#include <random>
#include <thread>

#include "catch.hpp"

using namespace crosspool;
using namespace crosspool::detail;

namespace {

descriptor duplicate(int fd) {
  return descriptor(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
}

// A queue and its ends. The worker's end may be used in another thread.
class ends_here {
public:
  ends_here() {
    auto [a, b] = socket_pair(SOCK_STREAM);
    socket_ = std::move(a);
    worker_socket_ = std::move(b);
    parent = program_queue::create();
    worker = std::make_unique<worker_queue>(
        worker_socket_.get(), shared_memory(duplicate(parent.memory()->file().get()), PROT_READ | PROT_WRITE),
        shared_memory(duplicate(requests.file().get()), PROT_READ), duplicate(parent.door()), duplicate(bell.get()));
  }

  // Slots of this many items, each of the request {position, 64}.
  void push(std::uint32_t items, std::uint32_t at_a_time = 0) { parent.push({0, items}, 0, 64, at_a_time); }
  // What a worker does that answers nothing.
  void finish_slot() const {
    worker->begin_slot();
    while (!worker->claim().empty()) {
    }
    worker->end_slot();
  }
  void ring() const { REQUIRE(::eventfd_write(parent.door(), 1) == 0); }
  // Lets the worker know that there will be no more.
  void hang_up() const { ::shutdown(socket_.get(), SHUT_WR); }
  work_queue& memory() const { return *reinterpret_cast<work_queue*>(parent.memory()->data()); }
  [[nodiscard]] bool worker_sleeps() const { return memory().asleep.load() % 2 == 1; }
  [[nodiscard]] bool rings() const {
    ::pollfd polled{bell.get(), POLLIN, 0};
    return ::poll(&polled, 1, 0) == 1;
  }

  shared_memory requests = shared_memory::create(4096);
  wake_up bell;
  program_queue parent;
  std::unique_ptr<worker_queue> worker;

private:
  descriptor socket_, worker_socket_;
};

template <class Done> void wait_until(Done done) {
  while (!done())
    std::this_thread::yield();
}

bool same(item_range a, item_range b) {
  return a.begin == b.begin && a.end == b.end;
}

std::size_t resident(const shared_memory& memory) {
  struct ::stat status{};
  return ::fstat(memory.file().get(), &status) == 0 ? static_cast<std::size_t>(status.st_blocks) * 512 : 0;
}

} // namespace

TEST_CASE("items are claimed from the front and taken back from the end") {
  unclaimed_items items;
  items.set({10, 20});
  CHECK(same(items.get(), {10, 20}));
  CHECK(same(items.claim(3), {10, 13}));
  CHECK(same(items.take_back(4), {17, 20}));
  CHECK(same(items.get(), {13, 17}));
  CHECK(items.take_back(4).empty());
  CHECK(items.take_back(100).empty());
  CHECK(items.claim(0).empty());
  CHECK(same(items.get(), {13, 17}));
  CHECK(same(items.claim(100), {13, 17}));
  CHECK(items.claim(1).empty());
  CHECK(items.take_back(0).empty());
  CHECK(items.get().empty());
}

TEST_CASE("all items can be taken back, and then none is left to claim") {
  unclaimed_items items;
  items.set({5, 9});
  CHECK(same(items.take_back(0), {5, 9}));
  CHECK(items.claim(1).empty());
  items.set({5, 9});
  CHECK(same(items.claim(2), {5, 7}));
  CHECK(same(items.take_back(0), {7, 9}));
  CHECK(items.get().empty());
  CHECK(items.get().begin == 7); // behind what was claimed: that tells which item runs
  items.set({0, 0});
  CHECK(items.claim(1).empty());
  CHECK(items.take_back(0).empty());
}

TEST_CASE("places of items may be as large as they can be said") {
  constexpr auto most = std::numeric_limits<std::uint32_t>::max();
  unclaimed_items items;
  items.set({0, most});
  CHECK(same(items.claim(most - 2), {0, most - 2}));
  CHECK(same(items.take_back(1), {most - 1, most}));
  CHECK(same(items.claim(most), {most - 2, most - 1}));
  CHECK(items.get().empty());
}

TEST_CASE("what one claims while the other takes back is each item once") {
  constexpr std::uint32_t count = 20'000;
  std::vector<int> times(count);
  std::size_t claimed_in_all = 0, taken_in_all = 0;
  for (std::uint32_t round = 0; round < 50; ++round) {
    unclaimed_items items;
    items.set({0, count});
    std::vector<item_range> claimed, taken;
    std::atomic<int> ready = 0;
    std::thread worker([&] {
      std::minstd_rand random(round + 1);
      ++ready;
      wait_until([&] { return ready == 2; });
      while (!items.get().empty())
        claimed.push_back(items.claim(static_cast<std::uint32_t>(random() % 7)));
    });
    std::minstd_rand random(round + 1000);
    ++ready;
    wait_until([&] { return ready == 2; });
    while (!items.get().empty()) {
      const auto there = items.get().size();
      const auto want = static_cast<std::uint32_t>(random() % 7);
      taken.push_back(items.take_back(there > want ? there - want : 0));
    }
    worker.join();
    std::fill(times.begin(), times.end(), 0);
    const auto mark = [&](const std::vector<item_range>& all) {
      std::size_t sum = 0;
      for (const auto& each : all)
        for (auto i = each.begin; i != each.end; ++i, ++sum)
          ++times[i];
      return sum;
    };
    claimed_in_all += mark(claimed);
    taken_in_all += mark(taken);
    REQUIRE(std::all_of(times.begin(), times.end(), [](int n) { return n == 1; }));
  }
  CHECK(claimed_in_all + taken_in_all == 50 * count);
}

TEST_CASE("a worker says which process it is") {
  CHECK(program_queue::create().claimed_pid() == 0);
  CHECK(ends_here().parent.claimed_pid() == ::getpid());
}

TEST_CASE("a worker sees slots in the order in which they were filled, with their requests") {
  ends_here here;
  here.parent.push({3, 9}, 128, 32, 2);
  here.parent.push({0, 1}, 4096 - 16, 16, 0);
  here.parent.push({0, 1}, 4096 - 16, 17, 0);
  here.parent.push({0, 1}, ~std::uint64_t{0}, 2, 0);
  CHECK(here.parent.outstanding() == 4);
  REQUIRE(here.worker->wait());
  here.worker->begin_slot();
  CHECK(here.worker->request().size() == 32);
  CHECK(same(here.worker->claim(), {3, 5}));
  CHECK(same(here.parent.at(0).items.take_back(1), {6, 9}));
  CHECK(same(here.worker->claim(), {5, 6}));
  CHECK(here.worker->claim().empty());
  CHECK(here.worker->claimed() == 3);
  CHECK_FALSE(here.parent.oldest_is_done());
  here.worker->end_slot();
  CHECK(here.parent.oldest_is_done());
  REQUIRE(here.worker->wait());
  CHECK(here.worker->request().size() == 16);
  here.finish_slot();
  REQUIRE(here.worker->wait());
  CHECK(here.worker->request().empty()); // beyond the requests' memory
  here.finish_slot();
  REQUIRE(here.worker->wait());
  CHECK(here.worker->request().empty());
  here.finish_slot();
  for (std::uint32_t left = 4; left != 0; --left) {
    CHECK(here.parent.outstanding() == left);
    CHECK(here.parent.oldest_is_done());
    here.parent.pop();
  }
  CHECK_FALSE(here.parent.oldest_is_done());
}

TEST_CASE("a worker claims all of a slot, as it likes or as it is told") {
  ends_here here;
  for (const std::uint32_t at_a_time : {0U, 1U, 3U, 1000U, 5000U, ~0U}) {
    here.push(1000, at_a_time);
    REQUIRE(here.worker->wait());
    CHECK(here.worker->begin_slot());
    CHECK(here.worker->claimed() == std::min(std::max(at_a_time, 1U), 1000U));
    std::uint32_t next = 0;
    for (item_range items; !(items = here.worker->claim()).empty(); next = items.end) {
      REQUIRE(items.begin == next);
      if (at_a_time == 0)
        REQUIRE(items.size() <= 256);
      else
        REQUIRE((items.size() == at_a_time || items.end == 1000));
    }
    CHECK(next == 1000);
    CHECK(here.worker->claimed() == 1000);
    here.worker->end_slot();
    here.parent.pop();
  }
}

TEST_CASE("slots are used again and again") {
  ends_here here;
  std::minstd_rand random(5);
  std::uint32_t pushed = 0, done = 0, popped = 0;
  bool was_full = false, was_empty = false;
  while (popped < 100 * work_queue::slots) {
    for (auto n = random() % 300; n != 0 && !here.parent.full(); --n) {
      here.parent.push({pushed, pushed + 2}, 0, 64, 2);
      ++pushed;
    }
    was_full = was_full || here.parent.full();
    for (auto n = random() % 300; n != 0 && done != pushed; --n, ++done) {
      REQUIRE(here.worker->wait());
      here.worker->begin_slot();
      REQUIRE(same(here.worker->claim(), {done, done + 2}));
      here.worker->end_slot();
    }
    for (auto n = random() % 300; n != 0 && here.parent.oldest_is_done(); --n, ++popped)
      here.parent.pop();
    was_empty = was_empty || here.parent.outstanding() == 0;
    REQUIRE(here.parent.outstanding() == pushed - popped);
    REQUIRE((popped != done || !here.parent.oldest_is_done()));
  }
  CHECK(was_full);
  CHECK(was_empty);
}

TEST_CASE("a worker that has done what it was not given is found out") {
  for (const std::uint32_t head : {3U, 4U, 1U << 31U, ~0U}) {
    ends_here here;
    here.push(1);
    here.push(1);
    here.memory().head = 2;
    CHECK(here.parent.oldest_is_done());
    here.memory().head = head;
    CHECK_THROWS_AS(here.parent.oldest_is_done(), error);
  }
}

TEST_CASE("what a worker writes over the parent's counts does not matter") {
  ends_here here;
  here.push(1);
  here.memory().tail = 77;
  CHECK(here.parent.outstanding() == 1);
  here.push(1);
  CHECK(here.parent.outstanding() == 2);
  CHECK(here.memory().tail == 2);
}

TEST_CASE("a worker rings when it reaches what is waited for, and only then") {
  ends_here here;
  for (int i = 0; i < 6; ++i)
    here.push(1);
  here.finish_slot();
  CHECK_FALSE(here.rings());
  CHECK_FALSE(here.parent.ring_after(1)); // has been reached
  CHECK(here.parent.ring_after(3));
  here.finish_slot();
  CHECK_FALSE(here.rings());
  here.finish_slot();
  CHECK(here.rings());
  here.bell.take();
  here.finish_slot();
  CHECK_FALSE(here.rings());
  CHECK(here.parent.ring_after(5));
  here.parent.stop_waiting();
  here.finish_slot();
  CHECK_FALSE(here.rings());
  CHECK_FALSE(here.parent.ring_after(5));
  here.parent.pop();
  CHECK_FALSE(here.parent.ring_after(4));
  CHECK(here.parent.ring_after(5));
  here.finish_slot();
  CHECK(here.rings());
}

TEST_CASE("a worker that sleeps is woken by a slot") {
  ends_here here;
  std::thread worker([&] {
    for (int i = 0; i < 50; ++i)
      if (here.worker->wait())
        here.finish_slot();
  });
  for (int i = 0; i < 50; ++i) {
    wait_until([&] { return here.worker_sleeps(); });
    here.push(1);
    wait_until([&] { return here.parent.oldest_is_done(); });
    here.parent.pop();
  }
  worker.join();
  CHECK(here.parent.outstanding() == 0);
}

TEST_CASE("a worker that sleeps is woken by the end") {
  ends_here here;
  std::atomic<int> result = -1;
  std::thread worker([&] { result = here.worker->wait() ? 1 : 0; });
  wait_until([&] { return here.worker_sleeps(); });
  here.hang_up();
  worker.join();
  CHECK(result == 0);
  CHECK_FALSE(here.worker->wait());
}

TEST_CASE("the end comes after the slots that are there") {
  ends_here here;
  for (int i = 0; i < 3; ++i)
    here.push(1);
  here.hang_up();
  for (int i = 0; i < 3; ++i) {
    REQUIRE(here.worker->wait());
    here.finish_slot();
  }
  CHECK_FALSE(here.worker->wait());
}

TEST_CASE("a needless ring makes no slot") {
  ends_here here;
  std::atomic<int> slots = 0;
  std::thread worker([&] {
    while (here.worker->wait()) {
      here.finish_slot();
      ++slots;
    }
  });
  for (int i = 0; i < 20; ++i) {
    wait_until([&] { return here.worker_sleeps(); });
    const auto sleep = here.memory().asleep.load();
    here.ring();
    wait_until([&] { return here.memory().asleep.load() != sleep && here.worker_sleeps(); });
  }
  CHECK(slots == 0);
  here.push(1);
  wait_until([&] { return here.parent.oldest_is_done(); });
  here.hang_up();
  worker.join();
  CHECK(slots == 1);
}

TEST_CASE("nothing is lost where both ends sleep at times") {
  constexpr std::uint32_t count = 100'000;
  ends_here here;
  std::atomic<std::uint64_t> wrong = 0;
  std::atomic<bool> parent_sleeps = false;
  std::thread worker([&] {
    std::minstd_rand random(1);
    std::uint32_t next = 0;
    for (; here.worker->wait(); ++next) {
      here.worker->begin_slot();
      const auto items = here.worker->claim();
      wrong += same(items, {next, next + 1}) ? 0U : 1U;
      if (random() % 1024 == 0) // until the other end is about to sleep, or has nothing to sleep for
        for (int i = 0; i < 1000 && !parent_sleeps; ++i)
          std::this_thread::yield();
      for (auto n = random() % 16 == 0 ? random() % 8 : 0; n != 0; --n)
        std::this_thread::yield();
      here.worker->end_slot();
    }
    wrong += next == count ? 0U : 1U;
  });
  std::minstd_rand random(2);
  std::uint32_t pushed = 0, popped = 0, slept = 0;
  while (popped != count) {
    if (random() % 1024 == 0 && here.parent.outstanding() == 0)
      wait_until([&] { return here.worker_sleeps(); });
    for (auto n = random() % 8 == 0 ? random() % 300 : random() % 3; n != 0 && pushed != count && !here.parent.full();
         --n, ++pushed)
      here.parent.push({pushed, pushed + 1}, 0, 64, 1);
    for (auto n = random() % 16 == 0 ? random() % 8 : 0; n != 0; --n)
      std::this_thread::yield();
    if (const auto there = here.parent.outstanding(); there != 0 && (random() % 4 == 0 || here.parent.full())) {
      if (here.parent.ring_after(1 + static_cast<std::uint32_t>(random() % there))) {
        parent_sleeps = true;
        ::pollfd polled{here.bell.get(), POLLIN, 0};
        const bool rung = ::poll(&polled, 1, 60'000) == 1;
        parent_sleeps = false;
        if (!rung) {
          ++wrong;
          break;
        }
        here.bell.take();
        ++slept;
        if (!here.parent.oldest_is_done())
          ++wrong;
      }
      here.parent.stop_waiting();
    }
    for (; here.parent.outstanding() != 0 && here.parent.oldest_is_done(); ++popped)
      here.parent.pop();
  }
  here.hang_up();
  worker.join();
  CHECK(wrong == 0);
  CHECK(popped == count);
  CHECK(slept > 0);
  CHECK(here.memory().asleep / 4 > 0); // the worker has slept, too
}

TEST_CASE("a reply block that has been read is used again, others are not") {
  ends_here here;
  auto& worker = *here.worker;
  auto& a = worker.take_block(1000);
  auto& b = worker.take_block(1000);
  CHECK(&a != &b);
  CHECK(a.capacity >= 1000);
  CHECK(reinterpret_cast<std::uintptr_t>(a.data()) % 64 == 0);
  CHECK(reinterpret_cast<std::byte*>(&b) >= a.data() + a.capacity);
  CHECK(worker.offset_of(a) >= reply_blocks_begin);
  a.used = 500;
  a.published = 5;
  a.next = worker.offset_of(b);
  a.free = 1;
  auto& other_size = worker.take_block(5000);
  CHECK(&other_size != &a);
  auto& again = worker.take_block(1000);
  CHECK(&again == &a);
  CHECK(again.used == 0);
  CHECK(again.published == 0);
  CHECK(again.next == 0);
  CHECK(again.free == 0);
  auto& third = worker.take_block(1000);
  CHECK(&third != &a);
  CHECK(&third != &b);
  CHECK_THROWS_AS(worker.take_block(std::size_t{1} << 40U), std::bad_alloc);
}

TEST_CASE("the parent finds the blocks that a worker has made, as they grow") {
  ends_here here;
  for (std::size_t size : {1U, 1000U, 100'000U, 10'000'000U}) {
    auto& made = here.worker->take_block(size);
    std::memset(made.data(), static_cast<int>(size % 255), made.capacity);
    made.used = made.capacity;
    made.published = 3;
    const auto found = here.parent.block(here.worker->offset_of(made));
    REQUIRE(found);
    CHECK(found->published == 3);
    REQUIRE(found->bytes.size() == made.capacity);
    CHECK(std::memcmp(found->bytes.data(), made.data(), made.capacity) == 0);
  }
}

TEST_CASE("a block that cannot be is refused") {
  ends_here here;
  auto& made = here.worker->take_block(1000);
  const auto offset = here.worker->offset_of(made);
  const std::size_t end = offset + sizeof(reply_block) + made.capacity;
  struct ::stat status{};
  REQUIRE(::fstat(here.parent.memory()->file().get(), &status) == 0);
  const auto size = static_cast<std::uint64_t>(status.st_size);
  REQUIRE(end <= size);
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();

  CHECK(here.parent.block(offset));
  for (std::uint64_t wrong = 1; wrong < 64; ++wrong) // misaligned
    CHECK_FALSE(here.parent.block(offset + wrong));
  for (const auto wrong : {std::uint64_t{0}, std::uint64_t{64}, std::uint64_t{reply_blocks_begin - 64}}) // in the queue
    CHECK_FALSE(here.parent.block(wrong));
  const auto beyond = (size + 63) / 64 * 64;
  for (const auto wrong : {beyond, beyond + 64, std::uint64_t{1} << 36U, (std::uint64_t{1} << 36U) - 64, most - 63,
                           most / 2 + 1}) // outside
    CHECK_FALSE(here.parent.block(wrong));

  const auto room = size - offset - sizeof(reply_block);
  made.used = room;
  CHECK(here.parent.block(offset));
  for (const auto wrong : {room + 1, std::uint64_t{1} << 36U, most, most - offset, most - offset - 63, most / 2}) {
    made.used = wrong;
    CHECK_FALSE(here.parent.block(offset));
  }
}

TEST_CASE("a block at the very end of the memory is refused if its front does not fit") {
  ends_here here;
  const descriptor file = duplicate(here.parent.memory()->file().get());
  REQUIRE(::ftruncate(file.get(), static_cast<off_t>(reply_blocks_begin + sizeof(reply_block) + 63)) == 0);
  auto& block = *reinterpret_cast<reply_block*>(here.parent.memory()->data() + reply_blocks_begin);
  block.mark = unspoilt;
  CHECK(here.parent.block(reply_blocks_begin));
  CHECK_FALSE(here.parent.block(reply_blocks_begin + sizeof(reply_block)));
}

TEST_CASE("a block that has been written over is refused, and so is one in a queue that has been") {
  ends_here here;
  auto& made = here.worker->take_block(1000);
  const auto offset = here.worker->offset_of(made);
  CHECK(here.parent.block(offset));
  CHECK(here.parent.is_unspoilt(made));
  auto& mark = GENERATE(false, true) ? made.mark : here.memory().mark;
  for (const std::uint64_t filling : {std::uint64_t{0}, ~std::uint64_t{0}}) {
    mark = filling;
    CHECK_FALSE(here.parent.block(offset));
    CHECK_FALSE(here.parent.is_unspoilt(made));
  }
}

TEST_CASE("a worker whose memory has been written over notices it, and the parent then believes nothing") {
  using spoil = void (*)(work_queue&);
  const spoil ways[] = {
      [](work_queue& m) { m.mark = 0; },
      [](work_queue& m) { m.head = 77; },
      [](work_queue& m) { std::memset(static_cast<void*>(&m), 255, sizeof m); },
      [](work_queue& m) { std::memset(static_cast<void*>(&m), 0, sizeof m); },
      [](work_queue& m) { m.slot[0].items.set({1, 1'000'000'000}); },
      [](work_queue& m) { m.slot[0].items.set({0, 2}); },
  };
  const auto way = GENERATE(range(0, 6));
  INFO("way " << way);
  ends_here here;
  here.push(2, 1);
  here.push(2, 1);
  REQUIRE(here.worker->begin_slot());
  REQUIRE_FALSE(here.worker->claim().empty());
  ways[way](here.memory());
  const auto go_on = [&] {
    while (!here.worker->claim().empty()) {
    }
    here.worker->end_slot();
  };
  CHECK_THROWS_AS(go_on(), spoilt_memory);
  CHECK_THROWS_AS(here.parent.oldest_is_done(), error);
}

TEST_CASE("a worker believes no number of slots that cannot be") {
  ends_here here;
  here.memory().tail = work_queue::slots + 1;
  CHECK_THROWS_AS(here.worker->wait(), spoilt_memory);
}

TEST_CASE("a worker that has written over the number of its sleeps is woken all the same") {
  ends_here here;
  std::atomic<int> done = 0;
  std::thread worker([&] {
    while (here.worker->wait()) {
      here.memory().asleep = 0;
      here.finish_slot();
      ++done;
    }
  });
  for (int i = 1; i <= 3; ++i) {
    wait_until([&] { return here.worker_sleeps(); });
    here.push(1);
    wait_until([&] { return done == i; });
  }
  here.hang_up();
  worker.join();
}

TEST_CASE("a worker with nothing to do gives large blocks back that have been read") {
  ends_here here;
  std::vector<reply_block*> blocks;
  for (int i = 0; i < 4; ++i) {
    blocks.push_back(&here.worker->take_block(std::size_t{4} << 20U));
    std::memset(blocks.back()->data(), 1, blocks.back()->capacity);
  }
  const auto& memory = *here.parent.memory();
  const auto full = resident(memory);
  for (const std::size_t i : {1U, 2U, 3U})
    blocks[i]->free = i == 2 ? 0 : 1;
  std::thread worker([&] {
    while (here.worker->wait())
      here.finish_slot();
  });
  wait_until([&] { return resident(memory) <= full - (std::size_t{7} << 20U); });
  here.hang_up();
  worker.join();
  CHECK(resident(memory) >= std::size_t{8} << 20U); // of those that have not been read
  for (const std::size_t i : {0U, 2U})
    CHECK(std::all_of(blocks[i]->data(), blocks[i]->data() + blocks[i]->capacity,
                      [](std::byte each) { return each == std::byte{1}; }));
  CHECK(blocks[1]->free == 1);
  CHECK(&here.worker->take_block(std::size_t{4} << 20U) == blocks[1]);
}

TEST_CASE("spinning ends with what is waited for, or after a while") {
  spin_budget spinner;
  int looks = 0;
  CHECK(spinner.spin([&] { return ++looks == 3; }));
  CHECK(looks == 3);
  CHECK_FALSE(spinner.spin([&] { return ++looks < 0; }));
  CHECK(looks > 3);
}
