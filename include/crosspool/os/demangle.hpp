// Names of types that are known only at run time. Relies on the Itanium ABI's __cxa_demangle, which GCC and Clang have.
#ifndef CROSSPOOL_OS_DEMANGLE_HPP
#define CROSSPOOL_OS_DEMANGLE_HPP

#include <crosspool/version.hpp>

#include <cstdlib>
#include <cxxabi.h>
#include <string>
#include <typeinfo>

namespace CROSSPOOL_NAMESPACE::detail {

/// The readable name of a type known only at run time; the mangled one if it cannot be read.
inline std::string demangle(const char* mangled) {
  int status = 0;
  const struct owned {
    char* text;
    ~owned() { std::free(text); }
  } name{abi::__cxa_demangle(mangled, nullptr, nullptr, &status)};
  return status == 0 ? name.text : mangled;
}

inline std::string demangle(const std::type_info& type) {
  return demangle(type.name());
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
