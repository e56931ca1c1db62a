// How many items a parcel gets, as a call goes on.
#include <crosspool/calls/parcel_sizes.hpp>

#include <algorithm>
#include <vector>

#include "catch.hpp"

using namespace crosspool;
using namespace crosspool::detail;

namespace {

// The sizes of a call's parcels, until so many items have been sent.
template <class Sizes> std::vector<std::size_t> all_of(Sizes sizes, std::size_t items, const completion& home) {
  std::vector<std::size_t> all;
  for (std::size_t sent = 0; sent < items; sent += all.back()) {
    all.push_back(sizes.next(home, sent));
    REQUIRE(all.back() != 0);
  }
  return all;
}

// Python's Pool.map: chunksize, extra = divmod(len, workers * 4); if extra: chunksize += 1.
std::size_t chunksize_of_python(std::size_t items, std::size_t workers) {
  return items / (4 * workers) + (items % (4 * workers) != 0 ? 1 : 0);
}

} // namespace

TEST_CASE("even parcels are as large as Python's") {
  const completion home;
  for (const std::size_t workers : {1U, 2U, 3U, 4U, 7U, 64U})
    for (const std::size_t items : {1U, 2U, 3U, 4U, 7U, 8U, 9U, 31U, 32U, 33U, 100U, 1000U, 12345U}) {
      const auto sizes = all_of(even_parcels(0, items, workers), items, home);
      for (const auto each : sizes)
        REQUIRE(each == chunksize_of_python(items, workers));
      REQUIRE(sizes.size() <= 4 * workers);
    }
}

TEST_CASE("even parcels are as large as they are asked to be") {
  completion home;
  home.set_pace(estimated_time(1e9));
  for (const std::size_t chunksize : {1U, 2U, 7U, 100U})
    for (const auto total : {std::size_t{10}, std::size_t{1000}, unknown_length})
      for (const auto each : all_of(even_parcels(chunksize, total, 3), 500, home))
        REQUIRE(each == chunksize);
}

TEST_CASE("even parcels of a range of unknown length grow") {
  const completion home;
  for (const std::size_t workers : {1U, 2U, 4U}) {
    const auto sizes = all_of(even_parcels(0, unknown_length, workers), 200'000, home);
    CHECK(sizes.front() == 1);
    CHECK(sizes.back() == 1024);
    CHECK(std::is_sorted(sizes.begin(), sizes.end()));
    for (std::size_t i = 0; i < sizes.size(); ++i)
      REQUIRE(sizes[i] == std::min(std::size_t{1} << std::min(i / workers, std::size_t{10}), std::size_t{1024}));
  }
}

TEST_CASE("even parcels of a call with a timeout have one item") {
  const completion home(nullptr, false, {.timeout = std::chrono::seconds(1)});
  for (const std::size_t chunksize : {0U, 7U})
    for (const auto total : {std::size_t{1000}, unknown_length})
      for (const auto each : all_of(even_parcels(chunksize, total, 3), 500, home))
        REQUIRE(each == 1);
}

TEST_CASE("even parcels of nothing") {
  const completion home;
  CHECK(even_parcels(0, 0, 3).next(home, 0) == 1);
  CHECK(even_parcels(5, 0, 3).next(home, 0) == 5);
}

TEST_CASE("even parcels do not mind a range that turns out longer than its size") {
  const completion home;
  for (const auto each : all_of(even_parcels(0, 80, 2), 300, home))
    CHECK(each == 10);
}

TEST_CASE("paced parcels are whole units") {
  for (const double pace : {0.0, 1.0, 300.0, 1e9})
    for (const std::size_t chunksize : {1U, 2U, 7U, 64U, 1000U, 5000U})
      for (const auto total : {std::size_t{1}, std::size_t{100}, std::size_t{20'000}, unknown_length}) {
        completion home;
        home.set_pace(estimated_time(pace));
        for (const auto each : all_of(paced_parcels(chunksize, total, 3), 20'000, home)) {
          REQUIRE(each % chunksize == 0);
          REQUIRE(each >= chunksize);
        }
      }
}

TEST_CASE("paced parcels grow from one item") {
  completion home;
  home.set_pace(estimated_time(0.001));
  for (const std::size_t workers : {1U, 3U}) {
    const auto sizes = all_of(paced_parcels(0, unknown_length, workers), 1U << 23U, home);
    for (std::size_t i = 0; i < sizes.size(); ++i)
      REQUIRE(sizes[i] == std::min(std::size_t{1} << std::min(i / workers, std::size_t{20}), std::size_t{1} << 20U));
    CHECK(sizes.back() == 1U << 20U);
  }
}

TEST_CASE("paced parcels stay small while nothing is known of the items") {
  const completion home;
  const auto sizes = all_of(paced_parcels(0, unknown_length, 2), 100'000, home);
  CHECK(sizes.front() == 1);
  CHECK(sizes.back() == 1024);
  CHECK(*std::max_element(sizes.begin(), sizes.end()) == 1024);
}

TEST_CASE("paced parcels are some time of work") {
  for (const auto& [pace, most] : {std::pair{100.0, 2000U}, std::pair{1000.0, 200U}, std::pair{150e3, 1U}}) {
    completion home;
    home.set_pace(estimated_time(pace));
    const auto sizes = all_of(paced_parcels(0, unknown_length, 2), 50'000, home);
    CHECK(sizes.back() == most);
    CHECK(*std::max_element(sizes.begin(), sizes.end()) == most);
  }
  completion slow;
  slow.set_pace(estimated_time(1e12));
  for (const auto each : all_of(paced_parcels(0, 100, 2), 100, slow))
    CHECK(each == 1);
}

TEST_CASE("paced parcels follow a pace that changes") {
  completion home;
  paced_parcels sizes(0, unknown_length, 1);
  home.set_pace(estimated_time(1000));
  for (int i = 0; i < 20; ++i)
    static_cast<void>(sizes.next(home, 0));
  CHECK(sizes.next(home, 0) == 200);
  home.set_pace(estimated_time(20'000));
  CHECK(sizes.next(home, 0) == 10);
  home.set_pace(estimated_time(100));
  CHECK(sizes.next(home, 0) == 2000);
}

TEST_CASE("paced parcels shrink towards the end, so that all workers end together, but for what does not count") {
  for (const auto& [pace, least] : {std::pair{10e3, 1U}, std::pair{100.0, 100U}, std::pair{1.0, 10'000U}})
    for (const std::size_t workers : {1U, 2U, 5U}) {
      completion home;
      home.set_pace(estimated_time(pace));
      constexpr std::size_t total = 100'000;
      const auto sizes = all_of(paced_parcels(0, total, workers), total, home);
      const auto largest = std::max_element(sizes.begin(), sizes.end());
      CHECK(std::is_sorted(sizes.begin(), largest + 1));
      CHECK(std::is_sorted(sizes.rbegin(), std::make_reverse_iterator(largest)));
      CHECK(sizes.back() == least);
      std::size_t sent = 0;
      for (const auto each : sizes) {
        REQUIRE(each <= std::max<std::size_t>(least, (total - sent) / (2 * workers)));
        sent += each;
      }
      CHECK(sent >= total);
      CHECK(sent < total + least);
    }
}

TEST_CASE("paced parcels shrink by whole units") {
  completion home;
  home.set_pace(estimated_time(10e3));
  constexpr std::size_t total = 10'000, unit = 64;
  std::size_t sent = 0;
  for (const auto each : all_of(paced_parcels(unit, total, 2), total, home)) {
    REQUIRE(each % unit == 0);
    REQUIRE(each < (total - sent) / 4 + unit);
    sent += each;
  }
}

TEST_CASE("paced parcels go on when a range turns out longer than its size") {
  completion home;
  home.set_pace(estimated_time(1000));
  paced_parcels sizes(0, 1000, 1);
  std::size_t sent = 0;
  while (sent < 1000)
    sent += sizes.next(home, sent);
  for (int i = 0; i < 20; ++i) {
    const auto size = sizes.next(home, sent);
    REQUIRE(size >= 1);
    REQUIRE(size <= 200);
    sent += size;
  }
  CHECK(sizes.next(home, sent) == 200);
}

TEST_CASE("a chunksize without bounds is kept as it is") {
  const completion home;
  constexpr auto most = std::numeric_limits<std::size_t>::max();
  for (const std::size_t chunksize : {most, most - 1, most / 2 + 1}) {
    paced_parcels paced(chunksize, unknown_length, 1);
    even_parcels even(chunksize, unknown_length, 1);
    for (int i = 0; i < 30; ++i) {
      REQUIRE(paced.next(home, 0) == chunksize);
      REQUIRE(even.next(home, 0) == chunksize);
    }
  }
}
