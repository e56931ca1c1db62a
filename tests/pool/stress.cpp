// Many messages of all sizes through each policy, and workers that end meanwhile. How many messages, the environment
// says: CROSSPOOL_STRESS=10000000 takes minutes.
#include <crosspool/crosspool.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <ranges>
#include <string>
#include <sys/mman.h>
#include <sys/time.h>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "child.hpp"

#define PROCESSES crosspool::fork, crosspool::spawn

using namespace crosspool;

namespace {

std::size_t messages() {
  const char* const asked = std::getenv("CROSSPOOL_STRESS");
  return asked != nullptr ? static_cast<std::size_t>(std::strtoull(asked, nullptr, 10)) : 20'000;
}

std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}

// The bytes of a text that is so long and begins from this seed.
void fill(std::string& text, std::uint64_t seed) {
  auto word = mixed(seed);
  for (std::size_t at = 0; at < text.size(); at += sizeof word) {
    std::memcpy(text.data() + at, &word, std::min(sizeof word, text.size() - at));
    word = word * 0x5851f42d4c957f2dU + 0x14057b7ef767814fU;
  }
}
std::uint64_t checksum(std::string_view text) {
  std::uint64_t sum = text.size();
  for (std::size_t at = 0; at < text.size(); at += sizeof sum) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, std::min(sizeof word, text.size() - at));
    sum = (sum ^ word) * 0x9fb21c651e98df25U;
    sum ^= sum >> 29U;
  }
  return sum;
}

// Most are small; the larger, the fewer, so that all sizes together take about the same number of bytes. Where sizes
// matter to the transport, they are a few bytes more or less.
std::size_t size_of(std::uint64_t i) {
  const auto random = mixed(i);
  const auto about = [&](std::size_t size) { return size + random % 35 - 17; };
  if (i % 1'000'000 == 12'345)
    return std::size_t{64} << 20U;
  if (i % 65'536 == 5'000)
    return about(std::size_t{4} << 20U);
  if (i % 16'384 == 3'000)
    return about(std::size_t{1} << 20U);
  if (i % 4'096 == 2'000)
    return about(std::size_t{1} << 17U); // a parcel's bytes
  if (i % 1'024 == 1'000)
    return about(std::size_t{1} << 14U); // worth referring to
  if (i % 256 == 200)
    return about(std::size_t{1} << 12U);
  if (i % 64 == 50)
    return about(std::size_t{1} << 10U);
  switch (random % 8) {
  case 0:
    return 0;
  case 1:
  case 2:
    return about(64);
  case 3:
    return about(512);
  case 4: {
    const auto power = std::size_t{1} << (random >> 8U) % 10;
    return power + (random >> 16U) % 3 - 1;
  }
  default:
    return (random >> 8U) % 34; // and about 16
  }
}

std::string message(std::uint64_t i) {
  std::string text(size_of(i), '\0');
  fill(text, i);
  return text;
}
// What comes back for it: as long as another message of the row, but not the largest, for they come back themselves.
std::string answer_to(std::uint64_t i) {
  const auto other = mixed(i) % 3 == 0 ? i : i + 1;
  std::string text(size_of(other), '\0');
  fill(text, ~i);
  return text;
}

struct answer {
  std::uint64_t sum; // of the message
  std::string text;
};

// As a worker sees it: the number of the message, and its bytes.
answer check_and_answer(std::uint64_t i, const std::string& text) {
  return {text == message(i) ? checksum(text) : 0, answer_to(i)};
}
answer check_in_place(std::uint64_t i, std::string_view text) {
  return {checksum(text), answer_to(i)};
}

bool is_right(std::uint64_t i, const answer& a) {
  std::string expected = message(i);
  const bool same = a.sum == checksum(expected);
  expected = answer_to(i);
  return same && a.text == expected;
}

// Messages from first, in parts, so that the answers do not take much memory.
template <class Pool, class F> std::size_t wrong_in_map(Pool& p, std::size_t chunksize, F f, std::uint64_t first,
                                                        std::size_t count) {
  std::size_t wrong = 0;
  for (std::size_t done = 0; done < count;) {
    const auto n = std::min<std::size_t>(count - done, 4'096);
    const auto numbers = std::views::iota(first + done, first + done + n);
    const auto all = p.with({.chunksize = chunksize}).map(f, numbers, numbers | std::views::transform(message));
    wrong += all.size() == n ? 0U : 1U;
    for (std::size_t i = 0; i < all.size(); ++i)
      wrong += is_right(first + done + i, all[i]) ? 0U : 1U;
    done += n;
  }
  return wrong;
}

template <class Pool> std::size_t wrong_in_apply_async(Pool& p, std::uint64_t first, std::size_t count) {
  std::size_t wrong = 0;
  std::deque<std::pair<std::uint64_t, future<answer>>> under_way;
  const auto take = [&] {
    wrong += is_right(under_way.front().first, under_way.front().second.get()) ? 0U : 1U;
    under_way.pop_front();
  };
  for (auto i = first; i != first + count; ++i) {
    under_way.emplace_back(i, p.apply_async(check_and_answer, i, message(i)));
    if (under_way.size() > 100)
      take();
  }
  while (!under_way.empty())
    take();
  return wrong;
}

// Counters that this process and its workers share, however those came to be.
class shared_counters {
public:
  explicit shared_counters(std::size_t count)
      : path_(std::filesystem::temp_directory_path() /
              ("crosspool-stress-" + std::to_string(::getpid()) + "-" + std::to_string(++made_))),
        bytes_(count * sizeof(int)) {
    std::ofstream(path_).close();
    std::filesystem::resize_file(path_, bytes_);
    counts_ = at(path_.string(), bytes_);
  }
  ~shared_counters() {
    ::munmap(counts_, bytes_);
    std::filesystem::remove(path_);
  }
  shared_counters(const shared_counters&) = delete;
  shared_counters& operator=(const shared_counters&) = delete;

  [[nodiscard]] std::string path() const { return path_.string(); }
  [[nodiscard]] int operator[](std::size_t i) const { return counts_[i].load(); }
  void set(std::size_t i, int to) const { counts_[i].store(to); }

  static std::atomic<int>* at(const std::string& path, std::size_t size) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    void* const mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    ::close(fd);
    return mapped == MAP_FAILED ? nullptr : static_cast<std::atomic<int>*>(mapped);
  }

private:
  static inline int made_ = 0;
  std::filesystem::path path_;
  std::size_t bytes_;
  std::atomic<int>* counts_ = nullptr;
};
std::atomic<int>* counters = nullptr; // a worker's

void open_counters(const std::string& path) {
  counters = shared_counters::at(path, std::filesystem::file_size(path));
}

bool kills(std::size_t i, unsigned seed) {
  return mixed(i * 977 + seed) % 200 == 0;
}
// Counts its run, and ends its worker at some items.
std::string run_or_die(unsigned seed, std::size_t i) {
  ++counters[i];
  if (kills(i, seed))
    std::raise(SIGKILL);
  return std::string(mixed(i) % 3000, static_cast<char>('a' + i % 26));
}
bool is_run_of(std::size_t i, const std::string& text) {
  return text == std::string(mixed(i) % 3000, static_cast<char>('a' + i % 26));
}

// Has the alarm end this process a little later, wherever it is then.
std::size_t run_until_the_alarm(std::size_t i) {
  static bool set = false;
  if (!set) {
    set = true;
    ::signal(SIGALRM, SIG_DFL);
    const ::itimerval later{{0, 0},
                            {0, static_cast<suseconds_t>(500 + mixed(static_cast<std::size_t>(::getpid())) % 4000)}};
    ::setitimer(ITIMER_REAL, &later, nullptr);
  }
  ++counters[i];
  volatile std::size_t x = 0; // some microseconds
  for (std::size_t n = 0; n < 5'000; ++n)
    x = x + n;
  return 3 * i;
}

} // namespace

TEMPLATE_TEST_CASE("messages of all sizes arrive as they were and in order", "", thread, crosspool::fork,
                   crosspool::spawn) {
  pool<TestType> p{3};
  const auto count = messages();
  std::uint64_t first = 0;
  const auto part = [&](std::size_t of) {
    const auto begin = first;
    first += of;
    return begin;
  };
  const auto half = count / 2, quarter = count / 4, eighth = count / 8;
  CHECK(wrong_in_map(p, 0, check_in_place, part(half), half) == 0);
  CHECK(wrong_in_map(p, 1, check_in_place, part(quarter), quarter) == 0);
  CHECK(wrong_in_map(p, 7, check_and_answer, part(eighth), eighth) == 0);
  CHECK(wrong_in_apply_async(p, part(eighth), eighth) == 0);
  CHECK(wrong_in_apply_async(p, 1'012'344, 2) == 0); // of 64 MiB
}

TEMPLATE_TEST_CASE("the sizes that matter, each a few bytes more or less", "", thread, crosspool::fork,
                   crosspool::spawn) {
  pool<TestType> p{2};
  std::vector<std::size_t> sizes;
  for (const std::size_t about : {0U, 16U, 64U, 512U, 1U << 10U, 1U << 12U, 1U << 14U, 1U << 17U, 1U << 20U, 1U << 22U})
    for (std::size_t off = 0; off <= (about < 1U << 20U ? 66U : 4U); ++off)
      if (const auto back = about < 1U << 20U ? 33U : 2U; about + off >= back)
        sizes.push_back(about + off - back);
  const auto echo = [](const std::string& text) { return text; };
  const auto text_of = [](std::size_t size) {
    std::string text(size, '\0');
    fill(text, size);
    return text;
  };
  for (const std::size_t chunksize : {0U, 1U, 7U}) {
    std::size_t wrong = 0;
    for (std::size_t at = 0; at < sizes.size(); at += 100) {
      const auto n = std::min<std::size_t>(100, sizes.size() - at);
      const auto part = std::span(sizes).subspan(at, n);
      const auto all = p.with({.chunksize = chunksize}).map(echo, part | std::views::transform(text_of));
      REQUIRE(all.size() == n);
      for (std::size_t i = 0; i < n; ++i)
        wrong += all[i] == text_of(part[i]) ? 0U : 1U;
    }
    CHECK(wrong == 0);
  }
}

TEMPLATE_TEST_CASE("small plain values, very many", "", thread, crosspool::fork, crosspool::spawn) {
  pool<TestType> p{3};
  const auto count = messages() * 5;
  for (const std::size_t chunksize : {0U, 1U, 7U}) {
    const auto all = p.with({.chunksize = chunksize})
                         .map([](std::uint64_t x) { return mixed(x); }, std::views::iota(std::uint64_t{0}, count));
    REQUIRE(all.size() == count);
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < count; ++i)
      wrong += all[i] == mixed(i) ? 0U : 1U;
    CHECK(wrong == 0);
  }
}

TEMPLATE_TEST_CASE("answers that are made of many parts", "", thread, crosspool::fork, crosspool::spawn) {
  pool<TestType> p{2};
  for (const std::size_t parts : {10U, 300U, 1'000U, 100'000U}) {
    const auto made = [](std::size_t n) { return std::vector<std::string>(n, "part"); };
    INFO(parts << " parts");
    std::vector<std::string> all;
    CHECK_NOTHROW(all = p.apply(made, parts));
    CHECK((all == made(parts)));
  }
}

TEMPLATE_TEST_CASE("several threads use one pool", "", thread, crosspool::fork, crosspool::spawn) {
  pool<TestType> p{3};
  const auto count = messages() / 8;
  std::atomic<std::size_t> wrong = 0;
  std::vector<std::thread> threads;
  for (std::uint64_t i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      const auto first = 20'000'000 + i * count;
      wrong += i % 2 == 0 ? wrong_in_map(p, i, check_in_place, first, count) : wrong_in_apply_async(p, first, count);
    });
  for (auto& each : threads)
    each.join();
  CHECK(wrong == 0);
}

TEMPLATE_TEST_CASE("who waits for a call gets it though another has taken what came before", "", PROCESSES) {
  CHECK(in_child([] {
          pool<TestType> p{1};
          const auto rounds = static_cast<int>(messages() / 10);
          std::atomic<int> begun = 0, asked = 0;
          future<int> before;
          std::thread asking([&] {
            for (int i = 1; i <= rounds; ++i) {
              while (begun != i)
                std::this_thread::yield();
              while (!before.ready()) {
              }
              asked = i;
            }
          });
          const auto work = [](int n) { // of some microseconds
            volatile unsigned x = 0;
            for (int i = 0; i < n; ++i)
              x = x + static_cast<unsigned>(i);
            return n;
          };
          int wrong = 0;
          for (int i = 1; i <= rounds; ++i) {
            before = p.apply_async(work, 5'000 + i % 16 * 1'000);
            begun = i;
            constexpr int n = 100'000;
            wrong += p.apply(work, n) == n ? 0 : 1;
            while (asked != i)
              std::this_thread::yield();
          }
          asking.join();
          return wrong == 0 ? 0 : 1;
        }) == 0);
}

TEMPLATE_TEST_CASE("a pool ends once all has run that nobody waits for", "", PROCESSES) {
  // The first task runs until it is let go; what is behind it goes to the other worker, and then the last task, too.
  CHECK(in_child([] {
          shared_counters gates(4);
          {
            pool<TestType> p{2, open_counters, gates.path()};
            const auto wait_for = [](int gate) {
              ++counters[3];
              while (counters[gate] == 0)
                std::this_thread::yield();
              if (gate == 2) // until the pool waits for its end
                for (int i = 0; i < 100'000; ++i)
                  std::this_thread::yield();
            };
            auto first = p.apply_async(wait_for, 0);
            auto second = p.apply_async(wait_for, 1);
            auto third = p.apply_async(wait_for, 1);
            auto fourth = p.apply_async(wait_for, 1);
            gates.set(1, 1);
            while (gates[3] != 4) // all have begun: none was left behind the first
              std::this_thread::yield();
            auto fifth = p.apply_async(wait_for, 2);
            while (gates[3] != 5)
              std::this_thread::yield();
            gates.set(0, 1);
            first.wait(); // with the empty slots behind it
            while (!third.ready() || !fourth.ready())
              std::this_thread::yield();
            gates.set(2, 1);
          }
          return 0;
        }) == 0);
}

TEMPLATE_TEST_CASE("workers end at some items of a map: each item runs once, and the lowest of them is named", "",
                   PROCESSES) {
  const std::size_t count = std::min<std::size_t>(messages() / 10, 20'000);
  for (const std::size_t chunksize : {1U, 64U, 0U})
    for (unsigned seed = 0; seed < 2; ++seed) {
      const shared_counters runs(count);
      pool<TestType> p{3, open_counters, runs.path()};
      std::size_t lowest = 0;
      while (lowest != count && !kills(lowest, seed))
        ++lowest;
      REQUIRE(lowest != count);
      const auto items = std::views::iota(std::size_t{0}, count);
      std::vector<std::size_t> in_a_row(count);
      std::iota(in_a_row.begin(), in_a_row.end(), std::size_t{0});
      auto with = p.with({.chunksize = chunksize});
      try {
        if (seed == 0)
          static_cast<void>(with.map(crosspool::bind(run_or_die, seed), items));
        else // sent in runs
          static_cast<void>(with.map(crosspool::bind(run_or_die, seed), in_a_row));
        FAIL("no exception");
      } catch (const worker_died& e) {
        CHECK(e.item() == lowest);
        CHECK(e.signal() == SIGKILL);
      }
      std::size_t wrong = 0;
      for (std::size_t i = 0; i < count; ++i)
        wrong += runs[i] == 1 ? 0U : 1U;
      CHECK(wrong == 0);
    }
}

TEMPLATE_TEST_CASE("workers end at some of many calls: each ends once, with its value or with worker_died", "",
                   PROCESSES) {
  const std::size_t count = std::min<std::size_t>(messages() / 10, 20'000);
  const shared_counters runs(count);
  pool<TestType> p{3, open_counters, runs.path()};
  std::vector<future<std::string>> futures;
  for (std::size_t i = 0; i < count; ++i)
    futures.push_back(p.apply_async(run_or_die, 7U, i));
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < count; ++i) {
    try {
      wrong += is_run_of(i, futures[i].get()) && !kills(i, 7) ? 0U : 1U;
    } catch (const worker_died& e) {
      wrong += kills(i, 7) && e.item() == 0 && e.signal() == SIGKILL ? 0U : 1U;
    }
    wrong += runs[i] == 1 ? 0U : 1U;
  }
  CHECK(wrong == 0);
}

TEMPLATE_TEST_CASE("workers that end at any instruction lose no other item than the one they ran", "", PROCESSES) {
  const std::size_t count = std::min<std::size_t>(messages(), 200'000);
  const shared_counters runs(count);
  pool<TestType> p{3, open_counters, runs.path()};
  std::vector<future<std::vector<std::size_t>>> futures;
  constexpr std::size_t items = 20;
  for (std::size_t i = 0; i + items <= count; i += items)
    futures.push_back(p.with({.chunksize = i % 3 * 2}).map_async(run_until_the_alarm, std::views::iota(i, i + items)));
  std::size_t wrong = 0, died = 0;
  for (std::size_t n = 0; n < futures.size(); ++n) {
    std::vector<std::size_t> all;
    try {
      all = futures[n].get();
      wrong += all.size() == items ? 0U : 1U;
    } catch (const worker_died& e) {
      wrong += e.item() < items && e.signal() == SIGALRM ? 0U : 1U;
      ++died;
    }
    for (std::size_t i = 0; i < items; ++i) {
      wrong += all.empty() || all[i] == 3 * (n * items + i) ? 0U : 1U;
      const auto times = runs[n * items + i];
      wrong += times == 1 || (all.empty() && times == 0) ? 0U : 1U;
    }
  }
  CHECK(wrong == 0);
  CHECK(died < futures.size());
}
