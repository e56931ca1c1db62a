// What became of one item: its value, or the error it ended with.
#ifndef CROSSPOOL_OUTCOME_HPP
#define CROSSPOOL_OUTCOME_HPP

#include <crosspool/version.hpp>

#include <exception>
#include <utility>
#include <variant>

namespace crosspool {

namespace detail {
// Told from every R, std::exception_ptr included.
struct failure {
  std::exception_ptr error;
};
} // namespace detail

/// A value or an error. R is never void: a void function's outcome is an outcome<std::monostate>.
template <class R> class outcome {
public:
  outcome(R value) : state_(std::in_place_index<0>, std::move(value)) {}
  outcome(detail::failure failure) : state_(std::in_place_index<1>, std::move(failure)) {}

  [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  /// The value. Undefined if there is none.
  R& operator*() & noexcept { return *std::get_if<0>(&state_); }
  const R& operator*() const& noexcept { return *std::get_if<0>(&state_); }
  R&& operator*() && noexcept { return std::move(*std::get_if<0>(&state_)); }
  R* operator->() noexcept { return std::get_if<0>(&state_); }
  const R* operator->() const noexcept { return std::get_if<0>(&state_); }

  /// The value; throws the error if there is none.
  R& value() & { return throw_error(), **this; }
  const R& value() const& { return throw_error(), **this; }
  R&& value() && { return throw_error(), *std::move(*this); }

  /// The error; null if there is a value.
  [[nodiscard]] std::exception_ptr error() const noexcept {
    return has_value() ? nullptr : std::get_if<1>(&state_)->error;
  }

private:
  void throw_error() const {
    if (!has_value())
      std::rethrow_exception(std::get_if<1>(&state_)->error);
  }

  std::variant<R, detail::failure> state_;
};

} // namespace crosspool

#endif
