// Numbers that nobody can guess.
#ifndef CROSSPOOL_OS_ENTROPY_HPP
#define CROSSPOOL_OS_ENTROPY_HPP

#include <crosspool/version.hpp>

#include <cstdint>

#ifdef __linux__
#include <cerrno>
#include <sys/random.h>
#include <system_error>
#else
#include <random>
#endif

namespace CROSSPOOL_NAMESPACE::detail {

/// A number that nobody can guess. Throws std::system_error, or what std::random_device throws.
inline std::uint64_t entropy() {
#ifdef __linux__ // std::random_device may need a descriptor, and its header costs each file a tenth of a second
  std::uint64_t number = 0;
  if (::getentropy(&number, sizeof number) != 0)
    throw std::system_error(errno, std::generic_category(), "crosspool: cannot get random bytes");
  return number;
#else
  std::random_device device;
  const std::uint64_t high = device();
  return high << 32U | device();
#endif
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
