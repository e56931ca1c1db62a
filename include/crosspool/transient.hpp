// transient<T>: a member that stays behind when its class crosses. Makes data of a struct that is data but for a mutex,
// a cache, a handle or a logger. Relies on nothing: its cereal function, which sends nothing, needs no header of
// cereal's.
#ifndef CROSSPOOL_TRANSIENT_HPP
#define CROSSPOOL_TRANSIENT_HPP

#include <crosspool/version.hpp>

#include <compare>
#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace CROSSPOOL_NAMESPACE {

namespace detail {
/// How a transient's value comes to be where nothing else is said: T{}.
struct value_initialized {
  template <class T> static constexpr T of() { return T{}; }
};
} // namespace detail

/// A T that belongs to this object here and to no copy of it: it is not sent, a copy or a moved object has one of its
/// own, assignment leaves each side its own, and any two are equal. So a struct with a transient<std::mutex> can be
/// sent, copied, moved and compared. T: any object type, neither movable nor crossable need it be. Make: a constant
/// that gives, called without arguments, what a new one holds, a captureless lambda for instance; else T{}. What Make
/// throws, the constructors throw; in a worker that is the item's error. Thread-safe as T is. (The word is that of
/// Java's members that are not serialized.)
template <class T, auto Make = detail::value_initialized{}>
  requires std::is_object_v<T> && (!std::is_array_v<T>) && std::same_as<T, std::remove_cv_t<T>>
class transient {
public:
  using value_type = T;

  transient() : value_(make()) {}
  /// Holds this value, here. Its copies do not.
  transient(T value)
    requires std::move_constructible<T>
      : value_(std::move(value)) {}
  transient(const transient& /*other*/) : transient() {}
  transient(transient&& /*other*/) : transient() {} // NOLINT(performance-noexcept-move-constructor): as T's own making
  transient& operator=(const transient& /*other*/) noexcept { return *this; }
  transient& operator=(transient&& /*other*/) noexcept { return *this; }
  ~transient() = default;

  [[nodiscard]] T& operator*() noexcept { return value_; }
  [[nodiscard]] const T& operator*() const noexcept { return value_; }
  [[nodiscard]] T* operator->() noexcept { return std::addressof(value_); }
  [[nodiscard]] const T* operator->() const noexcept { return std::addressof(value_); }

  friend constexpr bool operator==(const transient&, const transient&) noexcept { return true; }
  friend constexpr std::strong_ordering operator<=>(const transient&, const transient&) noexcept {
    return std::strong_ordering::equal;
  }

  /// For any of cereal's archives.
  template <class Archive> void serialize(Archive& /*archive*/) {}

private:
  static T make() {
    if constexpr (std::same_as<std::remove_cv_t<decltype(Make)>, detail::value_initialized>)
      return Make.template of<T>();
    else
      return Make();
  }

  T value_;
};

namespace detail {
template <class T> inline constexpr bool is_transient = false;
template <class T, auto Make> inline constexpr bool is_transient<transient<T, Make>> = true;
} // namespace detail

} // namespace CROSSPOOL_NAMESPACE

#endif
