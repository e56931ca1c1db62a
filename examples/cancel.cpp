// A search in many places that is over when the first has a hit: the rest is cancelled. Worker processes that are still
// searching are stopped, and replaced; nobody waits for them.
#include <crosspool/crosspool.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <utility>
#include <vector>

// What is searched: a key whose hash ends in so many zero bits.
constexpr std::uint64_t mask = (std::uint64_t{1} << 22U) - 1;

std::uint64_t hash(std::uint64_t x) {
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}

std::optional<std::uint64_t> search(std::uint64_t first, std::uint64_t count) {
  for (auto key = first; key != first + count; ++key)
    if (key != 0 && (hash(key) & mask) == 0)
      return key;
  return std::nullopt;
}

int main(int argc, char** argv) {
  crosspool::init(argc, argv);
  crosspool::fork_pool pool;

  constexpr std::uint64_t places = 10'000, keys_in_each = 1'000'000;
  std::vector<crosspool::future<std::optional<std::uint64_t>>> futures;
  futures.reserve(places);
  for (std::uint64_t i = 0; i < places; ++i)
    futures.push_back(pool.apply_async(search, i * keys_in_each, keys_in_each));

  std::optional<std::uint64_t> found;
  std::size_t searched = 0;
  auto results = crosspool::as_completed(std::move(futures));
  for (auto& place : results) {
    ++searched;
    found = place.get();
    if (found) {
      results.cancel();
      break;
    }
  }

  std::printf("searched %zu of %llu places", searched, static_cast<unsigned long long>(places));
  if (found)
    std::printf(", found key %llu", static_cast<unsigned long long>(*found));
  std::puts("");
  return found && (hash(*found) & mask) == 0 && searched < places ? 0 : 1;
}
