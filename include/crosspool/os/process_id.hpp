// The number of this process.
#ifndef CROSSPOOL_OS_PROCESS_ID_HPP
#define CROSSPOOL_OS_PROCESS_ID_HPP

#include <crosspool/version.hpp>

#include <unistd.h>

namespace CROSSPOOL_NAMESPACE::detail {

inline int process_id() noexcept {
  return static_cast<int>(::getpid());
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
