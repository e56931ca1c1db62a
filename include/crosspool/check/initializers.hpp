// What stands for a value in an initializer that is tried and never runs: for any value, or only for those of some
// types, a base of the class or a union without a name.
#ifndef CROSSPOOL_CHECK_INITIALIZERS_HPP
#define CROSSPOOL_CHECK_INITIALIZERS_HPP

#include <crosspool/check/type_name.hpp>

#include <cstddef>
#include <cstdlib>
#include <string_view>
#include <type_traits>

namespace CROSSPOOL_NAMESPACE::detail {

// Stand for any value, any lvalue and any rvalue: together for all that a member can be initialized by. Of what has
// constructors that take anything, any_value cannot initialize it, but its braces can.
struct any_value {
  any_value() = default;
  any_value(const any_value&) = delete;
  template <class U> operator U() const { std::abort(); } // clang wants a body for constexpr constructors
};
struct any_lvalue {
  any_lvalue() = default;
  any_lvalue(const any_lvalue&) = delete;
  template <class U> operator U&() const { std::abort(); }
};
struct any_rvalue {
  any_rvalue() = default;
  any_rvalue(const any_rvalue&) = delete;
  template <class U> operator U&&() const { std::abort(); }
};

// Stands for any value of a type that is so, and for nothing else. Is: what is so, with of<U>.
template <class Is> struct any_that {
  any_that() = default;
  any_that(const any_that&) = delete;
  template <class U>
    requires(Is::template of<U>)
  operator U() const {
    std::abort();
  }
};

template <class U, class T>
concept base_of = std::is_base_of_v<U, T> && !std::is_same_v<U, T>;
template <class T> struct is_base_of {
  template <class U> static constexpr bool of = base_of<U, T>;
};
// Stands for a base of T: no type but a base of T can be initialized by it.
template <class T> using any_base_of = any_that<is_base_of<T>>;

// Makes a base of T.
template <class T> struct made_base_of {
  template <base_of<T> U> operator U() const { return U{}; }
};

template <class T>
concept has_base = requires { T{any_base_of<T>{}}; };

// Stands for nothing: what it initializes takes anything.
struct is_nothing {
  template <class U> static constexpr bool of = false;
};
using no_base = any_that<is_nothing>;

// Where the name of a type without one begins, behind its scope, in the compiler's spelling; npos if it has a name.
// Clang's spelling tells an anonymous struct from a struct without a name that a named member has; GCC's does not.
consteval std::size_t unnamed_at(std::string_view name) {
  if (name.back() == '>' && (name.ends_with("<unnamed union>") || name.ends_with("<unnamed struct>")))
    return name.rfind('<');
  if (name.back() == ')')
    for (const std::string_view unnamed : {"(anonymous union at ", "(unnamed union at ", "(anonymous struct at "})
      if (const auto at = name.find(unnamed); at != std::string_view::npos)
        return at;
  return std::string_view::npos;
}
template <class U> consteval bool find_unnamed() {
  if constexpr (unnamed_at(type_name<U>()) == std::string_view::npos)
    return false;
  else if constexpr (type_name<U>().ends_with("<unnamed struct>")) // GCC gives an anonymous one no constructors
    return !std::is_default_constructible_v<U> && !std::is_copy_constructible_v<U>;
  else
    return true;
}

// Stands for any union or struct without a name.
struct is_unnamed {
  template <class U> static constexpr bool of = find_unnamed<U>();
};
using any_unnamed = any_that<is_unnamed>;

// Whether U's scope is T. A scope without a name is not spelled in full.
template <class U, class T> consteval bool is_of_scope() {
  constexpr auto name = type_name<U>(), scope = type_name<T>();
  return scope.ends_with(')') || scope.ends_with("<unnamed struct>") ||
         (unnamed_at(name) == scope.size() + 2 && name.starts_with(scope));
}

// The same for T's own members: not for the first member of a member.
template <class T> struct is_unnamed_of {
  template <class U> static constexpr bool of = is_unnamed::of<U> && is_of_scope<U, T>();
};
template <class T> using any_unnamed_of = any_that<is_unnamed_of<T>>;

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
