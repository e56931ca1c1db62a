// What a worker writes about its items, and what can be read of it at any moment.
#include <crosspool/wire/replies.hpp>

#include <algorithm>
#include <functional>
#include <limits>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "catch.hpp"

using namespace crosspool;
using namespace crosspool::detail;

namespace {

descriptor duplicate(int fd) {
  return descriptor(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
}

template <std::size_t n> struct chars {
  char all[n];
};

// One item, as it is read: its bytes, or what it threw.
struct read_item {
  record_kind kind;
  std::string payload;
  bool operator==(const read_item&) const = default;
};

// A queue with a slot whose replies are written and read here.
class slot_here {
public:
  slot_here() {
    auto [a, b] = socket_pair(SOCK_STREAM);
    socket_ = std::move(a);
    worker_socket_ = std::move(b);
    parent_ = program_queue::create();
    worker = std::make_unique<worker_queue>(
        worker_socket_.get(), shared_memory(duplicate(parent_.memory()->file().get()), PROT_READ | PROT_WRITE),
        shared_memory(duplicate(requests_.file().get()), PROT_READ), duplicate(parent_.door()), duplicate(bell_.get()));
    next_slot();
  }

  void next_slot() {
    if (parent_.outstanding() != 0) {
      worker->end_slot();
      parent_.pop();
    }
    parent_.push({0, 1'000'000}, 0, 0, 0);
    REQUIRE(worker->wait());
    worker->begin_slot();
  }

  // All that has been published, as the parent sees it. value_size: of values in runs. free: lets the blocks go.
  std::vector<read_item> read(std::size_t value_size = sizeof(int), bool free = false) {
    std::vector<read_item> all;
    blocks = 0;
    for (auto offset = parent_.at(0).replies.load(); offset != 0; ++blocks) {
      const auto found = parent_.block(offset);
      if (!found)
        throw std::logic_error("no block");
      reply_reader reader(found->bytes);
      for (auto left = found->published; left != 0;) {
        const auto [kind, count, payload] = reader.next();
        const auto n = std::min(count, left);
        left -= n;
        for (std::size_t i = 0; i < n; ++i) {
          const auto part = kind == record_kind::values ? payload.subspan(i * value_size, value_size) : payload;
          all.push_back({kind, std::string(reinterpret_cast<const char*>(part.data()), part.size())});
        }
      }
      offset = found->block->next.load();
      if (free)
        found->block->free.store(1);
    }
    return all;
  }

  std::unique_ptr<worker_queue> worker;
  std::size_t blocks = 0; // that were read

private:
  shared_memory requests_ = shared_memory::create(4096);
  wake_up bell_;
  descriptor socket_, worker_socket_;
  program_queue parent_;
};

read_item value(int x) {
  return {record_kind::values, std::string(reinterpret_cast<const char*>(&x), sizeof x)};
}
read_item item(std::string text) {
  return {record_kind::item, std::move(text)};
}
std::string text_of(std::size_t size, std::size_t seed) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i)
    text[i] = static_cast<char>(seed * 31 + i * 7 + i / 251);
  return text;
}

void add_value(reply_writer& to, int x) {
  to.add_values<int>(1, [&](std::size_t) { return x; });
}
void add_text(reply_writer& to, const std::string& text) {
  to.add_encoded([&](message_buffer& buffer) { buffer.write(text.data(), text.size()); });
}
void add_failure(reply_writer& to, const std::string& what) {
  to.add_values<int>(1, [&](std::size_t) -> int { throw std::invalid_argument(what); });
}
// What the failure throws.
std::string words_of(const read_item& failure) {
  const byte_view whole(reinterpret_cast<const std::byte*>(failure.payload.data()), failure.payload.size());
  auto view = whole;
  try {
    std::rethrow_exception(decode_exception(view));
  } catch (const std::invalid_argument& e) {
    return view.empty() ? e.what() : "more bytes than it needs";
  }
}

const std::vector<std::size_t>& boundaries() {
  static const std::vector<std::size_t> all = [] {
    std::vector<std::size_t> sizes;
    for (const int at : {0, 16, 64, 448, 512, 960, 1024, 4096, 16384, 131072, 1 << 20, 3 << 20})
      for (const int off : {-33, -17, -16, -15, -1, 0, 1, 15, 16, 17, 48})
        if (at + off >= 0)
          sizes.push_back(static_cast<std::size_t>(at + off));
    return sizes;
  }();
  return all;
}

bytes record_bytes(const record& header, std::size_t payload) {
  bytes made(sizeof header + payload);
  std::memcpy(made.data(), &header, sizeof header);
  return made;
}

} // namespace

TEST_CASE("nothing written is nothing to read") {
  slot_here slot;
  const reply_writer writer(*slot.worker, 0);
  CHECK(slot.read().empty());
  CHECK(writer.added() == 0);
  CHECK(writer.written() == 0);
}

TEST_CASE("values of fixed size come as they were, in one run") {
  slot_here slot;
  reply_writer writer(*slot.worker, 1 << 16U);
  std::vector<read_item> expected;
  for (int i = 0; i < 10'000; ++i) {
    add_value(writer, i * i);
    expected.push_back(value(i * i));
  }
  CHECK(writer.added() == 10'000);
  CHECK(slot.read() == expected);
  CHECK(slot.blocks == 1);
  CHECK(writer.written() == 10'000 * sizeof(int) + sizeof(record));
}

TEMPLATE_TEST_CASE("values of any fixed size fill one block after the other", "", bool, char, short, double,
                   std::monostate, chars<3>, chars<17>, chars<1000>) {
  slot_here slot;
  reply_writer writer(*slot.worker, 0);
  std::vector<std::string> expected;
  for (std::size_t i = 0; i < 3000; ++i) {
    TestType x{};
    if constexpr (!std::is_same_v<TestType, std::monostate>)
      std::memset(static_cast<void*>(&x),
                  std::is_same_v<TestType, bool> ? static_cast<int>(i % 2) : static_cast<int>(i % 120), sizeof x);
    writer.add_values<TestType>(1, [&](std::size_t) { return x; });
    expected.emplace_back(reinterpret_cast<const char*>(&x), fixed_size<TestType>);
  }
  const auto all = slot.read(fixed_size<TestType>);
  REQUIRE(all.size() == expected.size());
  bool same = true;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto back = take_fixed<TestType>(reinterpret_cast<const std::byte*>(all[i].payload.data()));
    bytes again(fixed_size<TestType>);
    put_fixed(again.data(), back);
    same = same && all[i].kind == record_kind::values && all[i].payload == expected[i] &&
           std::equal(again.begin(), again.end(), reinterpret_cast<const std::byte*>(expected[i].data()));
  }
  CHECK(same);
  CHECK((slot.blocks > 1 || fixed_size<TestType> == 0));
}

TEST_CASE("a byte that is no bool is one all the same") {
  const std::byte two{2};
  CHECK(take_fixed<bool>(&two));
}

TEST_CASE("items of any size come as they were") {
  for (const std::size_t expected_bytes : {std::size_t{0}, std::size_t{1000}, std::size_t{1} << 21U}) {
    slot_here slot;
    reply_writer writer(*slot.worker, expected_bytes);
    std::vector<read_item> expected;
    for (const auto size : boundaries()) {
      expected.push_back(item(text_of(size, expected.size())));
      add_text(writer, expected.back().payload);
    }
    CHECK((slot.read() == expected));
    CHECK(slot.blocks > 1);
  }
}

TEST_CASE("an item may be the first of its slot, whatever its size") {
  slot_here slot;
  for (const auto size : boundaries()) {
    reply_writer writer(*slot.worker, 0);
    const auto text = text_of(size, 3);
    add_text(writer, text);
    REQUIRE((slot.read(0, true) == std::vector{item(text)}));
    slot.next_slot();
  }
}

TEST_CASE("an item that is written in small parts moves on with all of them") {
  for (const std::size_t part : {1U, 7U, 16U, 1000U}) {
    slot_here slot;
    reply_writer writer(*slot.worker, 0);
    const auto text = text_of(part * 3000, part);
    for (int i = 0; i < 3; ++i)
      writer.add_encoded([&](message_buffer& to) {
        for (std::size_t at = 0; at < text.size(); at += part)
          to.write(text.data() + at, part);
      });
    CHECK((slot.read() == std::vector{item(text), item(text), item(text)}));
  }
}

TEST_CASE("what is aligned in an item is so where it is read") {
  slot_here slot;
  reply_writer writer(*slot.worker, 0);
  for (std::size_t i = 0; i < 200; ++i)
    writer.add_encoded([&](message_buffer& to) {
      to.write("abcdefghijklmnopq", i % 17);
      to.align(message_alignment);
      const std::vector<double> numbers(i * 10, 1.5);
      to.write(numbers.data(), numbers.size() * sizeof(double));
    });
  const auto all = slot.read();
  REQUIRE(all.size() == 200);
  for (std::size_t i = 0; i < 200; ++i) {
    const auto front = (i % 17 + 15) / 16 * 16;
    REQUIRE(all[i].payload.size() == front + i * 80);
    for (std::size_t at = front; at < all[i].payload.size(); at += 8) {
      double x = 0;
      std::memcpy(&x, all[i].payload.data() + at, 8);
      REQUIRE(x == 1.5);
    }
  }
}

TEST_CASE("values, items and exceptions may follow each other in any order") {
  for (unsigned seed = 0; seed < 20; ++seed) {
    slot_here slot;
    std::mt19937 random(seed);
    for (int round = 0; round < 4; ++round) {
      reply_writer writer(*slot.worker, round == 0 ? 0 : random() % 10'000);
      std::vector<read_item> expected;
      for (int i = 0; i < 300; ++i)
        switch (random() % 5) {
        case 0: {
          const auto what = text_of(random() % 50 + random() % 20 / 19 * 3000, random() % 5);
          std::string printable = what;
          for (auto& c : printable)
            c = static_cast<char>('a' + (static_cast<unsigned char>(c) % 26));
          add_failure(writer, printable);
          expected.push_back({record_kind::failure, printable});
          break;
        }
        case 1:
          expected.push_back(item(text_of(random() % 700, random() % 100)));
          add_text(writer, expected.back().payload);
          break;
        case 2:
          expected.push_back(item(text_of(boundaries()[random() % (boundaries().size() / 2)], 1)));
          add_text(writer, expected.back().payload);
          break;
        default:
          expected.push_back(value(static_cast<int>(random())));
          int x = 0;
          std::memcpy(&x, expected.back().payload.data(), sizeof x);
          add_value(writer, x);
        }
      auto all = slot.read(sizeof(int), true);
      REQUIRE(all.size() == expected.size());
      for (auto& each : all)
        if (each.kind == record_kind::failure)
          each.payload = words_of(each);
      REQUIRE((all == expected));
      REQUIRE(writer.added() == expected.size());
      slot.next_slot();
    }
  }
}

TEST_CASE("an item that throws midway leaves its exception only") {
  for (const std::size_t size : {0U, 10U, 440U, 5000U, 2'000'000U}) {
    slot_here slot;
    reply_writer writer(*slot.worker, 0);
    add_text(writer, "before");
    writer.add_encoded([&](message_buffer& to) {
      const auto text = text_of(size, 1);
      to.write(text.data(), text.size());
      throw std::invalid_argument("midway");
    });
    add_value(writer, 5);
    const auto all = slot.read();
    REQUIRE(all.size() == 3);
    CHECK(all[0] == item("before"));
    REQUIRE(all[1].kind == record_kind::failure);
    CHECK(words_of(all[1]) == "midway");
    CHECK(all[2] == value(5));
  }
}

TEST_CASE("what was published when a worker ends in the middle of an item can be read, and no more") {
  slot_here slot;
  reply_writer writer(*slot.worker, 0);
  std::vector<read_item> expected;
  std::minstd_rand random(4);
  bool same = true;
  const auto look = [&] { // as after the writer's end
    same = same && slot.read() == expected;
  };
  for (int i = 0; i < 200; ++i) {
    look();
    if (i % 3 == 0)
      writer.add_values<int>(1, [&](std::size_t) {
        look();
        return i;
      });
    else
      writer.add_encoded([&](message_buffer& to) {
        look();
        const auto text = text_of(random() % (i % 50 == 1 ? 100'000 : 300), 1);
        for (std::size_t at = 0; at < text.size();) {
          const auto n = std::min<std::size_t>(1 + random() % 2000, text.size() - at);
          to.write(text.data() + at, n);
          at += n;
          look();
        }
        expected.push_back(item(text));
        const auto now = expected.back();
        expected.pop_back();
        look();
        expected.push_back(now);
      });
    if (i % 3 == 0)
      expected.push_back(value(i));
    look();
  }
  CHECK(same);
}

TEST_CASE("a run that says more than was published is read as far as it was") {
  const int numbers[] = {1, 2, 3};
  auto made = record_bytes({record_kind::values, 3, 3 * sizeof(int)}, 2 * sizeof(int));
  std::memcpy(made.data() + sizeof(record), numbers, 2 * sizeof(int));
  reply_reader reader(made);
  const auto [kind, count, payload] = reader.next();
  CHECK(kind == record_kind::values);
  CHECK(count == 3);
  CHECK(payload.size() == 2 * sizeof(int));
  CHECK_THROWS_AS(reader.next(), error);
}

TEST_CASE("what makes no sense is refused") {
  const auto refused = [](const bytes& from) {
    try {
      reply_reader(from).next();
      return false;
    } catch (const error&) {
      return true;
    }
  };
  for (std::size_t size = 0; size < sizeof(record); ++size)
    CHECK(refused(bytes(size)));
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  for (const auto kind : {record_kind::item, record_kind::failure}) {
    CHECK_FALSE(refused(record_bytes({kind, 1, 8}, 8)));
    CHECK_FALSE(refused(record_bytes({kind, 1, 0}, 0)));
    CHECK(refused(record_bytes({kind, 0, 8}, 8)));
    CHECK(refused(record_bytes({kind, 2, 8}, 8)));
    CHECK(refused(record_bytes({kind, ~0U, 8}, 8)));
    CHECK(refused(record_bytes({kind, 1, 9}, 8)));
    CHECK(refused(record_bytes({kind, 1, most}, 8)));
    CHECK(refused(record_bytes({kind, 1, most - 15}, 8)));
  }
  CHECK(refused(record_bytes({record_kind::values, 0, 0}, 8)));
  CHECK_FALSE(refused(record_bytes({record_kind::values, 2, 8}, 8)));
  for (const std::uint32_t kind : {3U, 4U, ~0U}) // what is none of the kinds is at most one item
    CHECK(refused(record_bytes({static_cast<record_kind>(kind), 2, 8}, 8)));
}

TEST_CASE("nothing that is read lies outside the block, whatever it says") {
  std::mt19937_64 random(9);
  for (int round = 0; round < 20'000; ++round) {
    bytes from(random() % 200);
    for (auto& each : from)
      each = static_cast<std::byte>(random() % 3 == 0 ? random() : random() % 4);
    reply_reader reader(from);
    try {
      for (int i = 0; i < 50; ++i) {
        const auto [kind, count, payload] = reader.next();
        REQUIRE(count != 0);
        REQUIRE((payload.empty() ||
                 (payload.data() >= from.data() && payload.data() + payload.size() <= from.data() + from.size())));
      }
      FAIL("more records than there are bytes");
    } catch (const error&) {
    }
  }
}

TEST_CASE("a writer that knows what to expect needs one block") {
  slot_here slot;
  std::size_t expected_bytes = 0;
  for (int round = 0; round < 3; ++round) {
    reply_writer writer(*slot.worker, expected_bytes);
    for (std::size_t i = 0; i < 500; ++i)
      add_text(writer, text_of(i, i));
    CHECK(slot.read(0, true).size() == 500);
    CHECK((slot.blocks == 1) == (round != 0));
    expected_bytes = writer.written();
    slot.next_slot();
  }
}

TEST_CASE("blocks that were read are used for the next slots") {
  slot_here slot;
  const auto size_after = [&] {
    for (int i = 0; i < 50; ++i) {
      reply_writer writer(*slot.worker, 0);
      for (std::size_t n = 0; n < 100; ++n)
        add_text(writer, text_of(n * 10, n));
      if (slot.read(0, true).size() != 100)
        return std::size_t{0};
      slot.next_slot();
    }
    return static_cast<std::size_t>(slot.worker->offset_of(slot.worker->take_block(1 << 22)));
  };
  const auto first = size_after();
  CHECK(first != 0);
  CHECK(size_after() == first + size_class::of((1 << 22) + sizeof(reply_block)).size);
}
