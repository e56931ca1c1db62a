// The demand that each type of the battery is held to: what is accepted arrives equal, and what is refused is refused
// for this reason, there. With CROSSING_ERRORS, each refusal is asked for as an error instead, for errors.cmake to
// count.
#ifndef CROSSPOOL_TESTS_CROSSING_BATTERY_HPP
#define CROSSPOOL_TESTS_CROSSING_BATTERY_HPP

#include <crosspool/check/diagnose.hpp>
#include <crosspool/check/refusal.hpp>
#include <crosspool/crosses.hpp>

#include <cctype>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "../catch.hpp"

namespace battery {

using namespace crosspool::detail;

// The word of a step of a path, or of a reason, without its namespace and what follows, and the number that follows.
template <class Step> constexpr std::string_view word() {
  std::string_view name = type_name<Step>();
  name = name.substr(0, name.find('<'));
  return name.substr(name.rfind(':') + 1);
}

// A step, as one would write it in C++ that is not too particular: ".configs", "[]", "->", ".<1>".
template <class Holder, class Step, class T> std::string written(part<Step, T>) {
  constexpr auto step = word<Step>();
  if constexpr (step == "each_element")
    return "[]";
  else if constexpr (step == "each_key")
    return "[].key";
  else if constexpr (step == "each_mapped_value")
    return "[].value";
  else if constexpr (step == "pointee")
    return "->";
  else if constexpr (step == "member_number") {
    constexpr auto number = []<std::size_t I, template <std::size_t> class S>(std::type_identity<S<I>>) {
      return I;
    }(std::type_identity<Step>{});
    if constexpr (crosspool::detail::openable<Holder>)
      return '.' + std::string(member_name<Holder, number>());
    else // no address of a reference
      return ".<" + std::to_string(number) + '>';
  } else if constexpr (type_name<Step>().find('<') == std::string_view::npos)
    return ".<" + std::string(step) + '>';
  else { // an element of a tuple, an alternative
    constexpr std::string_view name = type_name<Step>();
    std::string number;
    for (const char c : name.substr(name.find('<')))
      if (std::isdigit(static_cast<unsigned char>(c)) != 0)
        number += c;
    return ".<" + number + '>';
  }
}

// Where in Root the fault is, from step number depth on, which leads out of T.
template <class Root, std::size_t depth = 0, class T = Root> std::string where() {
  if constexpr (constexpr auto found = examined<Root>; depth < found.depth && depth < found.steps.size()) {
    using here = type_number<found.steps[depth], parts<T>>;
    return written<T>(here{}) + []<class Step, class Next>(part<Step, Next>) {
      return battery::where<Root, depth + 1, std::remove_const_t<Next>>();
    }(here{});
  } else
    return {};
}

// What stands before and after a value must arrive as well.
template <class T> struct between {
  int before;
  T value;
  std::string after;
};

template <class T, class Equal> void comes_back(const T& value, const Equal& equal) {
  CHECK(crosspool::crosses(value));
  bytes sent;
  REQUIRE_NOTHROW(encode(sent, value));
  byte_view rest = sent;
  CHECK(equal(decode<T>(rest), value));
  CHECK(rest.empty());
}

/// If T crosses, value does, alone and, if it is no standard type, as a member.
template <class T, class Equal = std::equal_to<>>
void is_sound([[maybe_unused]] const T& value, [[maybe_unused]] const Equal& equal = {}) {
  INFO(std::string(type_name<T>()));
  if constexpr (crosspool::crossable<T>) {
    comes_back(value, equal);
    if constexpr (!in_std<T> && std::is_copy_constructible_v<T> && crosspool::crossable<between<T>>)
      comes_back(between<T>{1, value, "after"}, [&](const between<T>& a, const between<T>& b) {
        return a.before == b.before && equal(a.value, b.value) && a.after == b.after;
      });
  }
}

/// T crosses, and value arrives.
template <class T, class Equal = std::equal_to<>> void arrives(const T& value, const Equal& equal = {}) {
  {
    INFO(std::string(type_name<T>()) << " must cross; it is refused at '" << where<T>() << '\'');
    CHECK(crosspool::crossable<T>);
  }
  is_sound(value, equal);
}

template <class T> void is_refused() {
  INFO(std::string(type_name<T>()) << " must not cross");
  CHECK_FALSE(crosspool::crossable<T>);
}

/// T does not cross, for this reason, which is found at path.
template <class T> void is_refused(std::string_view why, std::string_view path) {
  is_refused<T>();
  INFO(std::string(type_name<T>()));
  if constexpr (!crosspool::crossable<T>) {
    CHECK(word<reason<int, examined<T>.why>>() == why);
    CHECK(where<T>() == path);
  }
}

} // namespace battery

// Types come last, as they may have commas. One refusal a line.
#ifdef CROSSING_ERRORS
#define REFUSED(reason, path, ...)                                                                                     \
  static_cast<void>(sizeof(crosspool::detail::refusal<crosspool::fault::result, __VA_ARGS__>))
#define REFUSED_SOMEHOW(...) REFUSED(, , __VA_ARGS__)
#else
#define REFUSED(reason, path, ...) battery::is_refused<__VA_ARGS__>(#reason, path)
#define REFUSED_SOMEHOW(...) battery::is_refused<__VA_ARGS__>()
#endif

#endif
