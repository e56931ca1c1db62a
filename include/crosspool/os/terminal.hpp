// What a terminal is asked.
#ifndef CROSSPOOL_OS_TERMINAL_HPP
#define CROSSPOOL_OS_TERMINAL_HPP

#include <crosspool/version.hpp>

#include <cstddef>
#include <cstdio>
#include <sys/ioctl.h>
#include <unistd.h>

namespace CROSSPOOL_NAMESPACE::detail {

inline bool is_terminal(std::FILE* stream) noexcept {
  return ::isatty(::fileno(stream)) == 1;
}

/// How many columns it has; 80 where it does not say. At least 2.
inline std::size_t columns_of(std::FILE* terminal) noexcept {
  ::winsize size{};
  return ::ioctl(::fileno(terminal), TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col : 80;
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
