// Names of types that are known only at run time. Relies on the Itanium ABI's __cxa_demangle, which GCC and Clang have.
#ifndef CROSSPOOL_OS_DEMANGLE_HPP
#define CROSSPOOL_OS_DEMANGLE_HPP

#include <crosspool/version.hpp>

#include <cstdlib>
#include <cxxabi.h>
#include <string>
#include <string_view>
#include <typeinfo>

namespace CROSSPOOL_NAMESPACE::detail {

/// The readable name of a type known only at run time, without the inline namespace of compiled engines; the mangled
/// one if it cannot be read.
inline std::string demangle(const char* mangled) {
  int status = 0;
  const struct owned {
    char* text;
    ~owned() { std::free(text); }
  } name{abi::__cxa_demangle(mangled, nullptr, nullptr, &status)};
  std::string readable = status == 0 ? name.text : mangled;
  constexpr std::string_view written = "crosspool::", inserted = "compiled::";
  for (auto at = readable.find(written); at != std::string::npos; at = readable.find(written, at + written.size()))
    if (readable.compare(at + written.size(), inserted.size(), inserted) == 0)
      readable.erase(at + written.size(), inserted.size());
  return readable;
}

inline std::string demangle(const std::type_info& type) {
  return demangle(type.name());
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
