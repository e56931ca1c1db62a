// Names of types while the program is compiled, from the compiler's own spelling of a function. Relies on
// __PRETTY_FUNCTION__, which GCC and Clang both have.
#ifndef CROSSPOOL_CHECK_TYPE_NAME_HPP
#define CROSSPOOL_CHECK_TYPE_NAME_HPP

#include <crosspool/version.hpp>

#include <cstddef>
#include <string_view>

namespace CROSSPOOL_NAMESPACE::detail {

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

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
