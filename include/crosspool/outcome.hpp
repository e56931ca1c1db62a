// What became of one item: its value, or the error it ended with.
#ifndef CROSSPOOL_OUTCOME_HPP
#define CROSSPOOL_OUTCOME_HPP

#include <crosspool/version.hpp>

#include <cstddef>
#include <deque>
#include <exception>
#include <iterator>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace CROSSPOOL_NAMESPACE {

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

namespace detail {

// ---- how values or outcomes of many items are collected ----

// A vector that grows copies what it cannot move without the risk of an error, and some of that says it could be
// copied, but cannot: std::deque<std::unique_ptr<T>>.
template <class R>
using in_order = std::conditional_t<std::is_nothrow_move_constructible_v<R> || !std::is_copy_constructible_v<R>,
                                    std::vector<R>, std::deque<R>>;

template <class All> void reserve([[maybe_unused]] All& all, [[maybe_unused]] std::size_t count) {
  if constexpr (requires { all.reserve(count); })
    all.reserve(count);
}

template <class R> std::vector<R> as_one_vector(std::vector<R>&& all) {
  return std::move(all);
}
template <class R> std::vector<R> as_one_vector(std::deque<R>&& all) {
  return std::vector<R>(std::make_move_iterator(all.begin()), std::make_move_iterator(all.end()));
}

} // namespace detail
} // namespace CROSSPOOL_NAMESPACE

#endif
