// Numbers that nobody can guess.
#ifndef CROSSPOOL_OS_ENTROPY_HPP
#define CROSSPOOL_OS_ENTROPY_HPP

#include <crosspool/version.hpp>

#include <cstdint>
#include <random>

#ifdef __linux__
#include <sys/random.h>
#endif

namespace CROSSPOOL_NAMESPACE::detail {

/// A number that nobody can guess. Throws what std::random_device throws.
inline std::uint64_t entropy() {
#ifdef __linux__
  // std::random_device may need a descriptor: for want of one, a pool fails by what it says itself.
  if (std::uint64_t number = 0; ::getentropy(&number, sizeof number) == 0)
    return number;
#endif
  std::random_device device;
  const std::uint64_t high = device();
  return high << 32U | device();
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
