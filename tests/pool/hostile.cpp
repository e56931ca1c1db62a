// Bytes are not trusted. Whatever a worker sends or writes over, the program gets an error or a value for each item, in
// time and in memory that goes with the bytes; and its pool works on.
#include <crosspool/crosspool.hpp>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <new>
#include <random>
#include <sstream>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "catch.hpp"
#include "child.hpp"
#include "kinds_of_types.hpp"
#include "numbers.hpp"

using namespace crosspool;
using namespace crosspool::detail;

// ---- what is allocated at once ----

namespace {
thread_local std::size_t largest_request = 0;
} // namespace

// Not inline: GCC would see std::free behind a delete, and take it for a mistake.
[[gnu::noinline]] void* operator new(std::size_t size) {
  largest_request = size > largest_request ? size : largest_request;
  if (void* const at = std::malloc(size != 0 ? size : 1))
    return at;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  try {
    return ::operator new(size);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
[[gnu::noinline]] void operator delete(void* at) noexcept {
  std::free(at);
}
[[gnu::noinline]] void operator delete(void* at, std::size_t) noexcept {
  std::free(at);
}

// ---- archives ----

namespace {

template <class T> bytes encoded(const T& value) {
  bytes buffer;
  encode(buffer, value);
  return buffer;
}

// Whether input is a T; any error is as good as another. More memory than goes with the bytes is not.
template <class T> bool is_read(const bytes& input) {
  bool is_value = false;
  largest_request = 0;
  try {
    byte_view rest = input;
    [[maybe_unused]] const auto value = decode<T>(rest);
    is_value = true;
  } catch (const std::exception&) {
  }
  if (largest_request > 32 * input.size() + 1024)
    FAIL(type_name<T>() << ": " << largest_request << " bytes at once, for an input of " << input.size());
  return is_value;
}

template <class Check> void for_each_kind(Check check) {
  std::apply([&](const auto&... each) { (check(each), ...); }, kinds::samples());
}

} // namespace

TEST_CASE("a value of any kind that is cut off is an error") {
  for_each_kind([]<class T>(const T& sample) {
    const auto whole = encoded(sample);
    CHECK(is_read<T>(whole));
    for (std::size_t size = 0; size < whole.size(); size += size < 500 ? 1 : 37)
      if (is_read<T>(bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))))
        FAIL(type_name<T>() << " of " << size << " bytes out of " << whole.size());
  });
}

TEST_CASE("a value of any kind of which a byte has changed is an error or another value") {
  for_each_kind([]<class T>(const T& sample) {
    auto input = encoded(sample);
    std::size_t values = 0;
    for (std::size_t at = 0; at < input.size(); at += at < 500 ? 1 : 37)
      for (const unsigned change : {0x01U, 0x02U, 0x10U, 0x40U, 0x80U, 0xffU}) {
        input[at] ^= static_cast<std::byte>(change);
        values += is_read<T>(input) ? 1 : 0;
        input[at] ^= static_cast<std::byte>(change);
      }
    INFO(type_name<T>() << ": " << values << " values");
    CHECK(is_read<T>(input));
  });
}

TEST_CASE("any bytes are a value of some kind or an error") {
  std::minstd_rand random(1);
  for_each_kind([&]<class T>(const T&) {
    for (int round = 0; round < 300; ++round) {
      bytes garbage(random() % 200);
      for (auto& each : garbage)
        each = static_cast<std::byte>(round % 3 == 0 ? random() : round % 3 == 1 ? random() % 3 : 255 - random() % 2);
      static_cast<void>(is_read<T>(garbage));
    }
  });
}

TEST_CASE("a claimed number of large elements takes no memory that their bytes could not fill") {
  bytes input(1 << 20);
  const std::uint64_t count = input.size() - sizeof count;
  std::memcpy(input.data(), &count, sizeof count);
  CHECK_FALSE(is_read<std::vector<kinds::large>>(input));
  CHECK_FALSE(is_read<std::deque<kinds::large>>(input));
  CHECK_FALSE(is_read<std::list<std::array<std::string, 256>>>(input));
  CHECK_FALSE((is_read<std::vector<std::pair<int, std::array<kinds::job, 50>>>>(input)));
  CHECK_FALSE((is_read<std::vector<std::tuple<std::string[20], int>>>(input)));
}

TEST_CASE("a number that stands for a shared object is believed only where it has been of that type") {
  using two = std::tuple<std::shared_ptr<int>, std::shared_ptr<std::string>>;
  auto input = encoded(two(std::make_shared<int>(1), nullptr));
  CHECK(is_read<two>(input));
  const std::uint32_t the_int = 1;
  std::memcpy(input.data() + input.size() - sizeof the_int, &the_int, sizeof the_int);
  CHECK_FALSE(is_read<two>(input));
}

TEST_CASE("an object and its first member can be shared both") {
  struct pair {
    std::shared_ptr<kinds::point> whole;
    std::shared_ptr<double> part;
    std::shared_ptr<kinds::point> again;
  };
  pair sent{std::make_shared<kinds::point>(kinds::point{1, 2}), nullptr, nullptr};
  sent.part = {sent.whole, &sent.whole->x};
  sent.again = sent.whole;
  const auto buffer = encoded(sent);
  byte_view rest = buffer;
  const auto back = decode<pair>(rest);
  CHECK(back.whole->y == 2);
  CHECK(*back.part == 1);
  CHECK(back.again == back.whole);
}

TEST_CASE("what is nested more deeply than the stack allows is an error") {
  const bytes ones(20'000'000, std::byte{1}); // as many pointers to another
  bytes branches;                             // each with one
  for (vector_buffer to(branches); to.size() < 5'000'000;) {
    encode(to, 0);
    encode(to, std::uint64_t{1});
  }
  const auto look = [&] {
    CHECK_FALSE(is_read<kinds::chain>(ones));
    CHECK_FALSE(is_read<kinds::tree>(branches));
  };
  look();
  std::thread(look).join();
}

TEST_CASE("what is nested as deeply as the stack allows arrives") {
  kinds::chain made;
  for (int i = 0; i < 500; ++i)
    made = kinds::chain{std::make_unique<kinds::chain>(std::move(made))};
  const auto buffer = encoded(made);
  byte_view rest = buffer;
  const auto back = decode<kinds::chain>(rest);
  int depth = 0;
  for (const auto* at = &back; at->next != nullptr; at = at->next.get())
    ++depth;
  CHECK(depth == 500);
}

// ---- workers ----

#define PROCESSES crosspool::fork, crosspool::spawn

namespace {

enum class filling { zeros, ones, noise, numbers };
constexpr filling all_fillings[] = {filling::zeros, filling::ones, filling::noise, filling::numbers};

void fill(std::byte* at, std::size_t size, filling with) {
  std::minstd_rand random(7);
  for (std::size_t i = 0; i < size; ++i)
    switch (with) {
    case filling::zeros:
      at[i] = std::byte{0};
      break;
    case filling::ones:
      at[i] = std::byte{255};
      break;
    case filling::noise:
      at[i] = static_cast<std::byte>(random());
      break;
    case filling::numbers: // small ones
      at[i] = static_cast<std::byte>(i % 4 == 0 ? random() % 8 : 0);
    }
}

enum class region { all, queue, replies };
constexpr region all_regions[] = {region::all, region::queue, region::replies};

// Writes over the memory that this worker shares with the program.
void scribble(region where, filling with) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.find("rw-s") == std::string::npos || line.find("memfd:crosspool") == std::string::npos)
      continue;
    std::size_t from = 0, inode = 0;
    std::istringstream(line) >> std::hex >> from;
    std::string skipped;
    std::istringstream(line) >> skipped >> skipped >> skipped >> skipped >> inode;
    for (int fd = 0; fd < 1000; ++fd)
      if (struct ::stat status{}; ::fstat(fd, &status) == 0 && status.st_ino == inode) {
        auto* const at = reinterpret_cast<std::byte*>(from);
        const auto size = static_cast<std::size_t>(status.st_size);
        if (where != region::replies)
          fill(at, reply_blocks_begin, with);
        if (where != region::queue)
          fill(at + reply_blocks_begin, size - reply_blocks_begin, with);
        return;
      }
  }
  std::abort(); // there is none
}

struct Scribble {
  int at;
  region where;
  filling with;
  int operator()(int x) const {
    if (x == at)
      scribble(where, with);
    return 2 * x;
  }
};
struct ScribbleInText {
  Scribble plain;
  std::string operator()(int x) const {
    const auto number = std::to_string(plain(x));
    std::string text;
    while (text.size() < 300)
      text += number + ",";
    return text;
  }
};

// Says something else on the worker's own channel.
void chatter(byte_view what) {
  for (int fd = 3; fd < 1000; ++fd)
    if (struct ::stat status{}; ::fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode)) {
      static_cast<void>(::send(fd, what.data(), what.size(), MSG_NOSIGNAL));
      return;
    }
  std::abort();
}
struct Chatter {
  filling with;
  std::size_t size;
  void operator()() const {
    bytes garbage(size);
    fill(garbage.data(), size, with);
    chatter(garbage);
  }
  int operator()(int x) const {
    (*this)();
    return 2 * x;
  }
};

int twice(int x) {
  return 2 * x;
}
template <class Pool> bool still_works(Pool& p) {
  return p.map(twice, up_to(300)) == p.map([](int x) { return x + x; }, up_to(300)) && p.apply(twice, 3) == 6;
}

// That a call gives what it should or throws what this library throws where a worker cannot be believed.
template <class Call, class Value> bool is_right_or_error(Call call, const Value& right) {
  try {
    return call() == right;
  } catch (const error&) { // worker_died among them
    return true;
  } catch (const std::exception&) { // what a reply that is garbage may well say
    return true;
  }
}

struct Liar { // says a length that is none
  Liar() {}
  explicit Liar(bool l) : lies(l) {}
  template <class Archive> void save(Archive& archive) const {
    archive(lies ? ~std::uint64_t{0} / 16 : std::uint64_t{0});
  }
  template <class Archive> void load(Archive& archive) {
    std::vector<std::string> text;
    archive(text);
  }
  bool lies = false;
};

} // namespace

TEMPLATE_TEST_CASE("a worker that writes over its memory costs its items only", "", PROCESSES) {
  pool<TestType> p{2};
  for (const auto where : all_regions)
    for (const auto with : all_fillings) {
      INFO("part " << static_cast<int>(where) << ", filling " << static_cast<int>(with));
      CHECK(is_right_or_error([&] { return p.apply(Scribble{3, where, with}, 3); }, 6));
      CHECK(still_works(p));
    }
}

TEMPLATE_TEST_CASE("among many items, too, and no value is wrong", "", PROCESSES) {
  pool<TestType> p{2};
  const auto right = p.map(twice, up_to(2000));
  const auto texts = p.map(ScribbleInText{{-1, region::all, filling::ones}}, up_to(500));
  for (const auto where : all_regions)
    for (const auto with : all_fillings)
      for (const std::size_t chunksize : {0U, 1U, 150U}) {
        INFO("part " << static_cast<int>(where) << ", filling " << static_cast<int>(with) << ", chunksize "
                     << chunksize);
        auto some = p.with({.chunksize = chunksize});
        CHECK(is_right_or_error([&] { return some.map(Scribble{1234, where, with}, up_to(2000)); }, right));
        CHECK(is_right_or_error([&] { return some.map(ScribbleInText{{234, where, with}}, up_to(500)); }, texts));
        CHECK(still_works(p));
      }
}

TEMPLATE_TEST_CASE("calls that wait behind one that spoils its worker are answered", "", PROCESSES) {
  pool<TestType> p{1};
  for (const auto where : all_regions)
    for (const auto with : all_fillings) {
      INFO("part " << static_cast<int>(where) << ", filling " << static_cast<int>(with));
      std::vector<future<int>> futures;
      for (int i = 0; i < 20; ++i)
        futures.push_back(p.apply_async(Scribble{5, where, with}, i));
      int errors = 0;
      for (int i = 0; i < 20; ++i)
        try {
          const int value = futures[static_cast<std::size_t>(i)].get();
          CHECK(value == 2 * i);
        } catch (const error&) {
          ++errors;
        }
      CHECK(errors <= 6); // those that it had answered and nobody had read may be lost with it
      CHECK(still_works(p));
    }
}

TEMPLATE_TEST_CASE("a worker that says what it should not before it is ready cannot start", "", PROCESSES) {
  for (const auto with : all_fillings)
    for (const std::size_t size : {1U, 16U, 100U, 5000U}) {
      INFO("filling " << static_cast<int>(with) << ", " << size << " bytes");
      // Noise may be the beginning of a message of which no more comes: that is not waited for.
      CHECK_THROWS_AS((pool<TestType>({.workers = 1, .start_timeout = std::chrono::seconds(2)}, Chatter{with, size})),
                      start_failed);
    }
  CHECK(childless());
}

TEMPLATE_TEST_CASE("a message that a worker begins and does not end is not waited for", "", PROCESSES) {
  const auto begin = [](std::uint64_t size) {
    const frame_header header{frame_kind::init_failed, size};
    chatter(std::as_bytes(std::span(&header, 1)));
  };
  for (const std::uint64_t size : {std::uint64_t{100}, most_from_worker, most_from_worker + 1, ~std::uint64_t{0}})
    CHECK_THROWS_AS((pool<TestType>({.workers = 1, .start_timeout = std::chrono::seconds(2)}, begin, size)),
                    start_failed);
}

TEMPLATE_TEST_CASE("a worker that says what it should not while it runs an item is ended at worst", "", PROCESSES) {
  pool<TestType> p{2};
  for (const auto with : all_fillings)
    for (const std::size_t size : {1U, 16U, 5000U}) {
      CHECK(is_right_or_error([&] { return p.apply(Chatter{with, size}, 4); }, 8));
      for (bool done = false; !done;) // it may be found out in the next call
        try {
          done = still_works(p);
          CHECK(done);
        } catch (const worker_died&) {
        }
    }
}

TEMPLATE_TEST_CASE("a result that is garbage is the item's error", "", PROCESSES) {
  pool<TestType> p{2};
  const auto lie = [](int x) { return Liar(x == 7); };
  CHECK_THROWS_AS(p.map(lie, up_to(20)), error);
  CHECK_NOTHROW(p.map(lie, up_to(7)));
  CHECK(still_works(p));
}
