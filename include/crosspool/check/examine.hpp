// Whether a value of a type can be sent to another process, and where in it the first fault is: found at compile time
// by looking all the way down. The walk is an ordinary constexpr function, so that a program without faults pays for
// each type once and only a fault is turned into types (a path) for the error message.
#ifndef CROSSPOOL_CHECK_EXAMINE_HPP
#define CROSSPOOL_CHECK_EXAMINE_HPP

#include <crosspool/check/const_members.hpp>
#include <crosspool/check/parts.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace CROSSPOOL_NAMESPACE {
namespace detail {

// Where the first fault is: the numbers of the parts to step through, outermost first.
struct finding {
  bool crosses = true;
  bool trusts = false;  // a class's own cereal functions have a say
  bool expires = false; // there is a std::weak_ptr in it, which is nothing without a std::shared_ptr
  kind why = kind::value;
  std::size_t depth = 0;
  std::array<std::uint8_t, 62> steps{};
};

// The types on the way down, to end at types that contain themselves.
template <class... Up> struct ancestors {};

template <class T, class... Up> constexpr finding examine(ancestors<Up...> up = {}, std::size_t depth = 0);

// Where the first const part of T is, which keeps it from being loaded into or default-constructed.
template <class T> constexpr finding find_constant(std::size_t depth) {
  finding found{.crosses = false, .why = kind::constant, .depth = depth};
  [[maybe_unused]] const auto look_at = [&]<class Step, class M>(std::uint8_t number, part<Step, M>) {
    if constexpr (std::is_const_v<M>)
      found.depth = depth + 1;
    else if constexpr (is_built<M> || (!std::is_default_constructible_v<M> && classify<M>() == kind::composed))
      found = find_constant<M>(depth + 1);
    else
      return false;
    if (depth < found.steps.size())
      found.steps[depth] = number;
    return true;
  };
  [&]<class... P>(types<P...>) {
    std::uint8_t number = 0;
    static_cast<void>((look_at(number++, P{}) || ...));
  }(parts<T>{});
  return found;
}

template <class Holder, class Step, class T, class... Up>
constexpr finding examine_part(part<Step, T>, ancestors<Up...> up, std::size_t depth) {
  // cereal makes a pointee itself, so that it alone need not be default-constructible where it can construct it.
  if constexpr (std::is_same_v<Step, pointee>)
    if constexpr (constructed_by_cereal<T>)
      return {.trusts = true};
  if constexpr (fault_of_made_anew<Step> != kind::value)
    return {.crosses = false, .why = fault_of_made_anew<Step>, .depth = depth};
  else if constexpr (opened<Holder>)
    return detail::examine<std::remove_const_t<T>>(up, depth);
  else if constexpr (std::is_const_v<T>)
    return {.crosses = false, .why = kind::constant, .depth = depth};
  else {
    if constexpr (std::is_class_v<T> && classify<T>() == kind::composed)
      if constexpr (!std::is_default_constructible_v<T> && !makes_by_braces<Holder>())
        return find_constant<T>(depth);
    return detail::examine<T>(up, depth);
  }
}

template <class Holder, class... P, class Up>
constexpr finding examine_parts(types<P...>, [[maybe_unused]] Up up, [[maybe_unused]] std::size_t depth) {
  finding found;
  bool trusts = false;
  bool expires = false;
  [[maybe_unused]] std::uint8_t number = 0;
  [[maybe_unused]] const auto faulty = [&](const finding& f) {
    found = f;
    trusts = trusts || f.trusts;
    expires = expires || f.expires;
    if (!f.crosses && depth < found.steps.size())
      found.steps[depth] = number;
    ++number;
    return !f.crosses;
  };
  (void)(faulty(detail::examine_part<Holder>(P{}, up, depth + 1)) || ...);
  found.trusts = trusts;
  found.expires = expires || is_weak_ptr<Holder>;
  return found;
}

template <class T, class... Up> constexpr finding examine(ancestors<Up...>, std::size_t depth) {
  constexpr kind what = classify<T>();
  if constexpr (what == kind::value || (std::is_same_v<T, Up> || ...))
    return {};
  else if constexpr (what == kind::trusted)
    return {.trusts = true};
  else if constexpr (what == kind::composed) {
    const auto found = detail::examine_parts<T>(parts<T>{}, ancestors<Up..., T>{}, depth);
    if constexpr (!is_buildable<T>)
      return found.crosses ? find_constant<T>(depth) : found;
    else if constexpr (opened<T>)
      return found.crosses && owns_resource<T> ? finding{.crosses = false, .why = kind::owns_something, .depth = depth}
                                               : found;
    else
      return found;
  } else
    return {.crosses = false, .why = what, .depth = depth};
}

template <class T> inline constexpr finding examined = examine<T>();

} // namespace detail

/// Whether a value of T (const or not) can be sent to another process and be rebuilt there. Never a hard error; a type
/// that is incomplete where this is first asked counts as not crossable.
template <class T>
concept crossable = detail::examined<std::remove_cv_t<T>>.crosses;

} // namespace CROSSPOOL_NAMESPACE

#endif
