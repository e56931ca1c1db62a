// trace(value), trace<T>(): what would cross to another process, part by part, with the bytes that each takes, and
// where it stops and why. It never fails to compile: what cannot cross is a line of the answer. (The idea is
// dill.detect.trace, of Python's dill.)
#ifndef CROSSPOOL_TRACE_HPP
#define CROSSPOOL_TRACE_HPP

#include <crosspool/bytes/tracer.hpp>
#include <crosspool/traced.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace CROSSPOOL_NAMESPACE {

/// What would cross of value, as it is now. Runs its cereal functions that save.
template <class T> [[nodiscard]] traced trace(const T& value) {
  if constexpr (std::is_function_v<T>)
    return crosspool::trace(std::addressof(value));
  else {
    detail::tracer tracer;
    tracer.go_into("", std::addressof(const_cast<const std::remove_volatile_t<T>&>(value)));
    return traced(std::move(tracer).found());
  }
}

/// What would cross of a T, as an argument: as far as its type tells, so not into classes with cereal functions of
/// their own.
template <class T> [[nodiscard]] traced trace() {
  detail::tracer tracer;
  tracer.go_into<std::decay_t<T>>("", nullptr);
  return traced(std::move(tracer).found());
}

} // namespace CROSSPOOL_NAMESPACE

#endif
