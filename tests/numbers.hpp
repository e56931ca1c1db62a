// What tests give to a pool where it does not matter what.
#ifndef CROSSPOOL_TESTS_NUMBERS_HPP
#define CROSSPOOL_TESTS_NUMBERS_HPP

#include <cstddef>
#include <numeric>
#include <stdexcept>
#include <vector>

// Whether memory is the address sanitizer's: its malloc keeps what is freed, and ends a process that has none.
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define CROSSPOOL_TESTS_SANITIZED
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define CROSSPOOL_TESTS_SANITIZED
#endif
#ifdef CROSSPOOL_TESTS_SANITIZED
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

// 0 … n - 1
inline std::vector<int> up_to(int n) {
  std::vector<int> all(static_cast<std::size_t>(n));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

inline int square(int x) {
  return x * x;
}

inline int throw_at_three_and_seven(int x) {
  if (x == 3)
    throw std::out_of_range("three");
  if (x == 7)
    throw std::domain_error("seven");
  return x;
}

// Whether a pool does what it is for.
template <class Pool> bool works(Pool& p) {
  const auto results = p.map(square, up_to(50));
  bool right = results.size() == 50;
  for (std::size_t i = 0; right && i < 50; ++i)
    right = results[i] == static_cast<int>(i * i);
  return right;
}

#endif
