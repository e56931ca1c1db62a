// Names of types: at compile time from the compiler's own spelling of a function, at run time by demangling.
// Relies on __PRETTY_FUNCTION__ and on the Itanium ABI's __cxa_demangle, which GCC and Clang both have.
#ifndef CROSSPOOL_TYPE_NAME_HPP
#define CROSSPOOL_TYPE_NAME_HPP

#include <crosspool/version.hpp>

#include <cstdlib>
#include <cxxabi.h>
#include <string>
#include <string_view>
#include <typeinfo>

namespace crosspool::detail {

template <class T> consteval std::string_view spelled() {
  return __PRETTY_FUNCTION__;
}

// Everything in spelled<T>() around T is the same for all T: measure it once, on a type of known spelling.
inline constexpr std::size_t spelled_before = spelled<double>().find("double");
inline constexpr std::size_t spelled_after = spelled<double>().size() - spelled_before - 6;

/// The compiler's spelling of T, as in its messages.
template <class T> consteval std::string_view type_name() {
  auto name = spelled<T>();
  name.remove_prefix(spelled_before);
  name.remove_suffix(spelled_after);
  return name;
}

/// If name belongs to namespace std, its part behind "std::" and behind the inline namespaces of libstdc++ and
/// libc++; else an empty view.
consteval std::string_view std_name(std::string_view name) {
  if (!name.starts_with("std::"))
    return {};
  name.remove_prefix(5);
  if (name.starts_with("__cxx11::"))
    name.remove_prefix(9);
  else if (name.starts_with("__1::"))
    name.remove_prefix(5);
  return name;
}

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

} // namespace crosspool::detail

#endif
