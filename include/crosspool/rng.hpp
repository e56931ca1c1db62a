// Random numbers that depend on the item and not on who runs it: the pool's seed gives each call its own, and that each
// item. Relies on whoever runs items to say which one is at hand.
#ifndef CROSSPOOL_RNG_HPP
#define CROSSPOOL_RNG_HPP

#include <crosspool/error.hpp>
#include <crosspool/os/entropy.hpp>

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <limits>
#include <optional>

namespace CROSSPOOL_NAMESPACE {

namespace detail {

/// Number n, from 0, of the sequence that SplitMix64 makes of a seed (Steele, Lea and Flood, 2014).
constexpr std::uint64_t splitmix64(std::uint64_t seed, std::uint64_t n) noexcept {
  auto z = seed + (n + 1) * 0x9e3779b97f4a7c15U;
  z = (z ^ z >> 30U) * 0xbf58476d1ce4e5b9U;
  z = (z ^ z >> 27U) * 0x94d049bb133111ebU;
  return z ^ z >> 31U;
}

} // namespace detail

/// xoshiro256++ (Blackman and Vigna, 2018), a std::uniform_random_bit_generator: 32 bytes that are seeded within a few
/// nanoseconds, as an engine that is made anew for each item must be.
class random_engine {
public:
  using result_type = std::uint64_t;

  /// Fills the state by SplitMix64, as the authors advise.
  constexpr explicit random_engine(result_type seed) noexcept
      : state_{detail::splitmix64(seed, 0), detail::splitmix64(seed, 1), detail::splitmix64(seed, 2),
               detail::splitmix64(seed, 3)} {}

  static constexpr result_type min() noexcept { return 0; }
  static constexpr result_type max() noexcept { return std::numeric_limits<result_type>::max(); }

  constexpr result_type operator()() noexcept {
    auto& [a, b, c, d] = state_;
    const auto result = std::rotl(a + d, 23) + a;
    const auto shifted = b << 17U;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = std::rotl(d, 45);
    return result;
  }

  friend constexpr bool operator==(const random_engine&, const random_engine&) = default;

private:
  std::array<std::uint64_t, 4> state_;
};

namespace detail {

/// The seeds of a pool's calls. Thread-safe.
class call_seeds {
public:
  /// of_pool: options.seed.
  explicit call_seeds(const std::optional<std::uint64_t>& of_pool) : of_pool_(of_pool ? *of_pool : entropy()) {}

  /// That of the next call.
  std::uint64_t next() noexcept { return splitmix64(of_pool_, calls_.fetch_add(1, std::memory_order_relaxed)); }

private:
  const std::uint64_t of_pool_;
  std::atomic<std::uint64_t> calls_ = 0;
};

// A type of its own: a loop that stores results then need not take it that one of them changes this, too.
enum class item_index : std::uint64_t {};

/// The item that a thread runs.
class item_at_hand {
public:
  item_at_hand() = default;
  explicit constexpr item_at_hand(std::uint64_t call_seed) noexcept : is_any_(true), call_seed_(call_seed) {}

  /// It is this one of the call. Not after count_by().
  void set(std::uint64_t index) noexcept { index_ = item_index{index}; }
  /// It is that of index first + ended, while somebody counts in ended: for loops that cannot afford a store.
  void count_by(const std::atomic<std::uint32_t>& ended, std::uint64_t first) noexcept {
    index_ = item_index{first};
    ended_ = &ended;
  }

  [[nodiscard]] bool is_any() const noexcept { return is_any_; }
  [[nodiscard]] std::uint64_t call_seed() const noexcept { return call_seed_; }
  [[nodiscard]] std::uint64_t index() const noexcept {
    return static_cast<std::uint64_t>(index_) + (ended_ != nullptr ? ended_->load(std::memory_order_relaxed) : 0);
  }
  [[nodiscard]] std::uint64_t seed() const noexcept { return splitmix64(call_seed_, index()); }
  random_engine& engine() noexcept {
    if (const auto seed = this->seed(); seed != engine_seed_ || !has_engine_) {
      engine_ = random_engine(seed);
      engine_seed_ = seed;
      has_engine_ = true;
    }
    return engine_;
  }

private:
  bool is_any_ = false;
  bool has_engine_ = false;
  std::uint64_t call_seed_ = 0;
  item_index index_{};
  const std::atomic<std::uint32_t>* ended_ = nullptr;
  std::uint64_t engine_seed_ = 0; // which tells one item of a call from another
  random_engine engine_{0};
};

inline constinit thread_local item_at_hand at_hand;

/// As long as this lives, the thread runs items of a call with this seed; maybe within an item of another.
class item_scope {
public:
  explicit item_scope(std::uint64_t call_seed) noexcept : before_(at_hand) { at_hand = item_at_hand(call_seed); }
  item_scope(const item_scope&) = delete;
  item_scope& operator=(const item_scope&) = delete;
  ~item_scope() { at_hand = before_; }

private:
  item_at_hand before_;
};

inline item_at_hand& demand_item() {
  if (!at_hand.is_any())
    throw error("crosspool: random numbers of an item are to be had only in the thread that runs it, while it does");
  return at_hand;
}

} // namespace detail

namespace this_worker {

/// A seed that depends on options.seed, the number of the call in its pool and the index of the item in the call, and
/// on nothing else: not on the number of workers, chunk sizes or the policy. An item that is run again has the same.
/// Throws crosspool::error outside of a task, and in threads that a task has started.
inline std::uint64_t task_seed() {
  return detail::demand_item().seed();
}

/// An engine that begins anew with each item, seeded by task_seed(): valid until the item ends. Throws likewise.
inline random_engine& rng() {
  return detail::demand_item().engine();
}

} // namespace this_worker
} // namespace CROSSPOOL_NAMESPACE

#endif
